// SPDX-License-Identifier: Apache-2.0
// node score.js LIBRARY PLUGIN-FOLDER: one answer sheet from Node, with koffi (npm).
'use strict';
const koffi = require('koffi');

const [library, plugins] = process.argv.slice(2);
const lib = koffi.load(library);

// From alliance/base.h, measure.h and host.h; `size` tells the library which members this program knows.
koffi.struct('alliance_error', {
  size: 'uint32_t', code: 'int32_t', vendor_code: 'int32_t', reserved: 'uint32_t',
  message: koffi.array('char', 256), detail: koffi.array('char', 256),
});
koffi.struct('alliance_host_options', {
  size: 'uint32_t', log_level: 'int32_t', tenant: 'const char *', store_path: 'const char *', config: 'const char *',
  log: 'void *', log_context: 'void *', now: 'void *', now_context: 'void *', key_file: 'const char *',
  flags: 'uint32_t', reserved: 'uint32_t',
});
koffi.struct('alliance_sheets', {
  size: 'uint32_t', reserved: 'uint32_t', rows: 'uint64_t', items: 'uint64_t', values: 'double *', states: 'uint8_t *',
});
koffi.struct('alliance_scores', {
  size: 'uint32_t', reserved: 'uint32_t', rows: 'uint64_t', scales: 'uint64_t', values: 'double *', states: 'uint8_t *',
  answered: 'uint32_t *', bands: 'int32_t *',
});
koffi.opaque('alliance_host');

const create = lib.func('int32_t alliance_host_create(const alliance_host_options *, _Out_ alliance_host **, _Inout_ alliance_error *)');
const load = lib.func('int32_t alliance_host_load_folder(alliance_host *, const char *, void *, void *, _Inout_ alliance_error *)');
const score = lib.func('int32_t alliance_host_score(alliance_host *, const char *, const char *, const alliance_sheets *, void *, const alliance_scores *, _Inout_ alliance_error *)');
const close = lib.func('void alliance_host_close(alliance_host *)');
const version = lib.func('const char *alliance_version()');
const text = lib.func('const char *alliance_status_text(int32_t)');

const error = {
  size: koffi.sizeof('alliance_error'), code: 0, vendor_code: 0, reserved: 0, message: '', detail: '',
};
function done(status) {
  if (status !== 0) throw new Error(`${text(status)}: ${error.message}`);
}

const options = {size: koffi.sizeof('alliance_host_options'), log_level: 0, flags: 0, reserved: 0};
const answers = koffi.alloc('double', 7);
koffi.encode(answers, koffi.array('double', 7), [1, 1, 1, 2, 2, 0, 0]);
const total = koffi.alloc('double', 1);
const state = koffi.alloc('uint8_t', 1);
const sheet = {size: koffi.sizeof('alliance_sheets'), reserved: 0, rows: 1, items: 7, values: answers, states: null};
const scores = {
  size: koffi.sizeof('alliance_scores'), reserved: 0, rows: 1, scales: 1, values: total, states: state, answered: null,
  bands: null,
};

const made = [null];
done(create(options, made, error));
const host = made[0];
try {
  done(load(host, plugins, null, null, error));
  done(score(host, 'gad-7', null, sheet, null, scores, error));
} finally {
  close(host);
}
console.log(`${version()} gad-7 total ${koffi.decode(total, 'double')}`);
