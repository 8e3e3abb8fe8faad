<?php
// SPDX-License-Identifier: Apache-2.0
// Reports by webhook into a platform in PHP. Keeps each report once, and nothing that the host did not sign.
//
//     INBOX=/var/lib/desk KEYS=/etc/desk/new.key:/etc/desk/old.key php -S 127.0.0.1:0 12_webhook_receiver.php
//
// KEYS: files, with colons; also the next key, while one is being replaced. Behind a web server this file is the address.
declare(strict_types=1);

const PATIENCE = 300;  // seconds; older or newer than that is a replay, or a wrong clock
const MOST = 1 << 20;  // bytes of a body

function key_of(string $text): string
{
    $key = str_starts_with(trim($text), 'whsec_') ? base64_decode(substr(trim($text), 6), true) : rtrim($text);
    if ($key === false || strlen($key) < 24) {
        throw new RuntimeException('a key has 24 bytes at least');
    }
    return $key;
}

// $body is what came, byte for byte, before anything reads it. Every key is tried against every signature, in constant time.
function genuine(array $headers, string $body, array $keys, int $now): bool
{
    $id = $headers['webhook-id'] ?? '';
    $seconds = $headers['webhook-timestamp'] ?? '';
    if ($id === '' || !preg_match('/^\d{1,12}\z/', $seconds) || abs($now - (int) $seconds) > PATIENCE) {
        return false;
    }
    $fits = false;
    foreach ($keys as $key) {
        $wanted = 'v1,' . base64_encode(hash_hmac('sha256', "$id.$seconds.$body", $key, true));
        foreach (array_slice(explode(' ', $headers['webhook-signature'] ?? ''), 0, 8) as $given) {
            $fits = hash_equals($wanted, $given) || $fits;
        }
    }
    return $fits;
}

// A report has the same id whenever it comes: a file that is there already is a repeat. A platform has a table here, whose
// primary key is the id, and answers after its commit.
function keep(string $inbox, stdClass $event): bool
{
    $path = $inbox . '/' . bin2hex($event->id) . '.json';
    if (file_exists($path)) {
        return true;
    }
    // Whole or not at all: written beside it, and put in its place.
    $beside = $inbox . '/.' . bin2hex(random_bytes(8));
    $file = @fopen($beside, 'xb');
    $text = json_encode($event, JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE | JSON_PRESERVE_ZERO_FRACTION);
    $kept = $file !== false && fwrite($file, $text) === strlen($text) && fsync($file) && fclose($file) && rename($beside, $path);
    if ($kept) {
        error_log($event->type ?? '');
    }
    return $kept;
}

function take(string $inbox, array $keys): int
{
    if ($_SERVER['REQUEST_METHOD'] !== 'POST') {
        return 405;
    }
    $body = file_get_contents('php://input', false, null, 0, MOST + 1);
    if (strlen($body) > MOST) {
        return 413;
    }
    if (!genuine(array_change_key_case(getallheaders()), $body, $keys, time())) {
        return 401;
    }
    $said = json_decode($body);  // as objects: {} and [] stay different
    if (!is_object($said) && !is_array($said)) {
        return 400;
    }
    $events = is_array($said) ? $said : [$said];
    foreach ($events as $event) {
        if (!is_object($event) || !is_string($event->id ?? null) || !preg_match('/^[\x21-\x7e]{1,100}\z/', $event->id)) {
            return 422;
        }
    }
    foreach ($events as $event) {
        if (!keep($inbox, $event)) {
            return 503;  // what cannot be kept comes again
        }
    }
    return 204;
}

$inbox = getenv('INBOX');
$keys = array_map(fn (string $file): string => key_of(file_get_contents($file)), explode(':', (string) getenv('KEYS')));
if (!is_dir($inbox)) {
    mkdir($inbox, 0700, true);
}
http_response_code(take($inbox, $keys));
