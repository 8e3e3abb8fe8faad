// SPDX-License-Identifier: Apache-2.0
//! What an instrument needs of the contract, said again for Rust: base.h, plugin.h and measure.h, member by member.
//! Structs may grow at their end: read what came later only where `has!` finds it. The test at the end holds every
//! member against the C compiler's own numbers.
#![allow(dead_code)]

use std::os::raw::{c_char, c_void};

// ---- base.h ---------------------------------------------------------------------------------------

pub const OK: i32 = 0;
pub const E_INVALID: i32 = 1;
pub const E_BAD_INPUT: i32 = 2;
pub const E_NOT_FOUND: i32 = 3;
pub const E_UNSUPPORTED: i32 = 4;
pub const E_INTERNAL: i32 = 12;

pub const TEXT_CAPACITY: usize = 256;

#[repr(C)]
pub struct Error {
    pub size: u32,
    pub code: i32,
    pub vendor_code: i32,
    pub reserved: u32,
    pub message: [u8; TEXT_CAPACITY],
    pub detail: [u8; TEXT_CAPACITY],
}

#[repr(C)]
pub struct Sink {
    pub size: u32,
    pub reserved: u32,
    pub context: *mut c_void,
    pub write: Option<unsafe extern "C" fn(*mut c_void, *const u8, u64) -> i32>,
}

pub const ANSWERED: u8 = 1;
pub const NOT_PRESENTED: u8 = 5;

pub const SCORED: u8 = 1;
pub const PRORATED: u8 = 2;
pub const NOT_SCORABLE: u8 = 3;
pub const BAD_SHEET: u8 = 4;

// ---- plugin.h -------------------------------------------------------------------------------------

pub const ABI_MAJOR: u32 = 1;
pub const ABI_MINOR: u32 = 0;

#[repr(C)]
pub struct Services {
    pub size: u32,
    pub abi_minor: u32,
    pub context: *mut c_void,
    pub folder: *const c_char,
    pub config: *const c_char,
    pub get_service: Option<unsafe extern "C" fn(*mut c_void, *const c_char) -> *const c_void>,
}

pub type Convert =
    unsafe extern "C" fn(*mut c_void, *const c_char, *const u8, u64, *const Sink, *mut Error) -> i32;

pub const SERVICE_CODEC: &[u8] = b"alliance.codec/1\0";

#[repr(C)]
pub struct CodecService {
    pub size: u32,
    pub reserved: u32,
    pub context: *mut c_void,
    pub encode: Option<Convert>,
    pub decode: Option<Convert>,
}

#[repr(C)]
pub struct Descriptor {
    pub size: u32,
    pub reserved: u32,
    pub id: *const c_char,
    pub version: *const c_char,
    pub title: *const c_char,
}

#[repr(C)]
pub struct PluginEntry {
    pub size: u32,
    pub abi_major: u32,
    pub abi_minor: u32,
    pub reserved: u32,
    pub layout_check: u64,
    pub init: unsafe extern "C" fn(*const Services, *mut Error) -> i32,
    pub deinit: unsafe extern "C" fn(),
    pub get_factory: unsafe extern "C" fn(*const c_char) -> *const c_void,
}

const fn mix(hash: u64, value: usize) -> u64 {
    hash.wrapping_mul(1_099_511_628_211).wrapping_add(value as u64).wrapping_add(1)
}

/// Where a struct's last member begins: none has padding behind it.
const fn last<Struct, Member>() -> usize {
    std::mem::size_of::<Struct>() - std::mem::size_of::<Member>()
}

/// ALLIANCE_LAYOUT_CHECK, as this compiler lays memory out.
pub const LAYOUT_CHECK: u64 = {
    let hash = mix(14_695_981_039_346_656_037, std::mem::size_of::<*const c_void>());
    let hash = mix(hash, std::mem::size_of::<f64>());
    let hash = mix(hash, last::<Error, [u8; TEXT_CAPACITY]>());
    let hash = mix(hash, last::<Sink, *const c_void>());
    let hash = mix(hash, last::<Services, *const c_void>());
    let hash = mix(hash, last::<CodecService, *const c_void>());
    mix(hash, last::<PluginEntry, *const c_void>())
};

// ---- measure.h ------------------------------------------------------------------------------------

pub const MEASURE_FACTORY: &[u8] = b"alliance.measure-factory/1\0";

#[repr(C)]
pub struct Sheets {
    pub size: u32,
    pub reserved: u32,
    pub rows: u64,
    pub items: u64,
    pub values: *const f64,
    pub states: *const u8,
}

pub const MISSING_NONE: i32 = 1;
pub const MISSING_PRORATE: i32 = 2;
pub const MISSING_CENTRE: i32 = 3;

#[repr(C)]
pub struct Missing {
    pub size: u32,
    pub rule: i32,
    pub most: u32,
    pub reserved: u32,
}

pub const NO_BAND: i32 = -1;

#[repr(C)]
pub struct Scores {
    pub size: u32,
    pub reserved: u32,
    pub rows: u64,
    pub scales: u64,
    pub values: *mut f64,
    pub states: *mut u8,
    pub answered: *mut u32,
    pub bands: *mut i32,
}

/// The plugin's own; the host holds its address and no more.
#[repr(C)]
pub struct Measure {
    _own: u8,
}

pub type Score =
    unsafe extern "C" fn(*mut Measure, *const Sheets, *const Missing, *const Scores, *mut Error) -> i32;

#[repr(C)]
pub struct MeasureFactory {
    pub size: u32,
    pub reserved: u32,
    pub count: unsafe extern "C" fn(*const MeasureFactory) -> u64,
    pub describe: unsafe extern "C" fn(*const MeasureFactory, u64, *mut Descriptor, *mut Error) -> i32,
    pub create: unsafe extern "C" fn(
        *const MeasureFactory,
        *const Services,
        *const c_char,
        *const c_char,
        *mut *mut Measure,
        *mut Error,
    ) -> i32,
    pub destroy: unsafe extern "C" fn(*mut Measure),
    pub definition: unsafe extern "C" fn(*mut Measure, *const Sink, *mut Error) -> i32,
    pub score: Score,
    pub score_batch: Score,
    pub content: Option<unsafe extern "C" fn(*mut Measure, *const c_char, *const Sink, *mut Error) -> i32>,
}

// ---- Growth ---------------------------------------------------------------------------------------

/// One past `member`, counted from the beginning of its struct.
pub fn end_of<Struct, Member>(start: *const Struct, member: *const Member) -> usize {
    member as usize - start as usize + std::mem::size_of::<Member>()
}

/// ALLIANCE_HAS: whether the struct that `p` points to reaches as far as `member`. Every struct begins with its size.
macro_rules! has {
    ($p:expr, $member:ident) => {{
        let p = $p;
        !p.is_null() && (*p).size as usize >= $crate::alliance::end_of(p, std::ptr::addr_of!((*p).$member))
    }};
}
pub(crate) use has;

// ---- The same as in C? ----------------------------------------------------------------------------

#[cfg(test)]
mod tests {
    use super::*;

    macro_rules! members {
        ($out:ident, $c:literal, $of:ty: $($member:ident),+) => {{
            let place = std::mem::MaybeUninit::<$of>::uninit();
            let p = place.as_ptr();
            $({
                let end = unsafe { end_of(p, std::ptr::addr_of!((*p).$member)) };
                let start = unsafe { std::ptr::addr_of!((*p).$member) } as usize - p as usize;
                $out.push(format!("MEMBER({}, {}, {}, {},", $c, stringify!($member), start, end - start));
            })+
            $out.push(format!("SIZE({}, {},", $c, std::mem::size_of::<$of>()));
        }};
    }

    /// LAYOUT_PINS names the file in which the C compilers' offsets and sizes stand.
    #[test]
    fn lies_where_c_has_it() {
        let pins = std::env::var("LAYOUT_PINS").expect("LAYOUT_PINS names a file");
        let pins = std::fs::read_to_string(pins).expect("the file that LAYOUT_PINS names can be read");
        let mut ours = Vec::new();
        members!(ours, "alliance_error", Error: size, code, vendor_code, reserved, message, detail);
        members!(ours, "alliance_sink", Sink: size, reserved, context, write);
        members!(ours, "alliance_services", Services: size, abi_minor, context, folder, config, get_service);
        members!(ours, "alliance_codec_service", CodecService: size, reserved, context, encode, decode);
        members!(ours, "alliance_descriptor", Descriptor: size, reserved, id, version, title);
        members!(ours, "alliance_plugin_entry", PluginEntry: size, abi_major, abi_minor, reserved, layout_check, init,
                 deinit, get_factory);
        members!(ours, "alliance_sheets", Sheets: size, reserved, rows, items, values, states);
        members!(ours, "alliance_missing", Missing: size, rule, most, reserved);
        members!(ours, "alliance_scores", Scores: size, reserved, rows, scales, values, states, answered, bands);
        members!(ours, "alliance_measure_factory", MeasureFactory: size, reserved, count, describe, create, destroy,
                 definition, score, score_batch, content);
        for line in &ours {
            assert!(pins.lines().any(|pin| pin.starts_with(line.as_str())), "C has no {line} ...");
        }
    }
}
