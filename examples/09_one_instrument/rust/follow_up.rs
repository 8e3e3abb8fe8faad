// SPDX-License-Identifier: Apache-2.0
//! An instrument in Rust, with the standard library and nothing else: four questions of our own about what became of
//! the last session's homework, two scales, bands, a reversed item and all three rules about missing answers. The same
//! instrument in C and in C++ lies beside this one, and each scores the same sheets to the same bytes.
//!
//! `unsafe` stands at the border alone: what the host hands over becomes slices and values there, once it was checked.
//! No panic crosses: `guarded` turns one into a status.

mod alliance;

use alliance::*;
use std::ffi::CStr;
use std::os::raw::{c_char, c_void};
use std::panic::{catch_unwind, AssertUnwindSafe};
use std::sync::atomic::{AtomicPtr, Ordering};

const ID: &[u8] = b"follow-up-4\0";
const VERSION: &[u8] = b"1.0.0\0";
const TITLE: &[u8] = b"Homework follow-up, four questions\0";

const DEFINITION_JSON: &str = r#"{
  "id": "follow-up-4", "version": "1.0.0", "title": "Homework follow-up, four questions", "perspective": "client",
  "responses": [{"id": "0-4", "min": 0, "max": 4}],
  "items": [{"id": "remembered", "response": "0-4"}, {"id": "tried", "response": "0-4"},
            {"id": "hindered", "response": "0-4"}, {"id": "helped", "response": "0-4"}],
  "scales": [
    {"id": "total", "roles": ["homework.total"], "method": "sum",
     "items": ["remembered", "tried", "hindered", "helped"], "reversed": ["hindered"],
     "min": 0, "max": 16, "direction": "higher_is_better",
     "bands": [{"id": "little", "from": 0, "to": 5}, {"id": "some", "from": 6, "to": 10},
               {"id": "much", "from": 11, "to": 16}],
     "bands_provenance": {"certainty": "own", "source": "made for this example"}},
    {"id": "use", "roles": ["homework.use"], "method": "mean", "items": ["remembered", "tried", "helped"],
     "min": 0, "max": 4, "direction": "higher_is_better"}],
  "missing": {"rule": "prorate", "most": 1, "provenance": {"certainty": "own", "source": "made for this example"}},
  "licence": {"holder": "the authors of this example", "terms": "Apache-2.0", "text_may_ship": true,
              "provenance": {"certainty": "own", "source": "made for this example"}},
  "keys_provenance": {"certainty": "own", "source": "made for this example"}, "not_validated": true,
  "vectors": [{"answers": [3, 2, 1, 3], "source": "by hand",
               "expected": [{"scale": "total", "value": 11, "band": "much"},
                            {"scale": "use", "value": 2.6666666666666665}]},
              {"answers": [0, 1, 4, 0], "source": "by hand",
               "expected": [{"scale": "total", "value": 1, "band": "little"},
                            {"scale": "use", "value": 0.3333333333333333}]}]
}"#;

const HIGHEST: i32 = 4;
const ITEMS: [&str; 4] = ["remembered", "tried", "hindered", "helped"];

struct Part {
    item: usize,
    reversed: bool,
}

struct Scale {
    mean: bool,
    parts: &'static [Part],
    bands_from: &'static [f64], // where each band begins
}

const fn part(item: usize) -> Part {
    Part { item, reversed: false }
}

static SCALES: [Scale; 2] = [
    Scale {
        mean: false,
        parts: &[part(0), part(1), Part { item: 2, reversed: true }, part(3)],
        bands_from: &[0.0, 6.0, 11.0],
    },
    Scale { mean: true, parts: &[part(0), part(1), part(3)], bands_from: &[] },
];

// ---- Scoring: values in, values out ---------------------------------------------------------------

#[derive(Clone, Copy)]
struct Rule {
    how: i32,
    most: u32,
}

/// One row of answers; without states every item was answered.
struct Sheet<'a> {
    values: &'a [f64],
    states: Option<&'a [u8]>,
}

impl Sheet<'_> {
    fn state(&self, item: usize) -> u8 {
        self.states.map_or(ANSWERED, |states| states[item])
    }

    /// The first item without a state, or whose answer is none of its options. NaN is in no range.
    fn first_bad(&self) -> Option<usize> {
        (0..ITEMS.len()).find(|&item| match self.state(item) {
            ANSWERED => {
                let value = self.values[item];
                !(0.0..=f64::from(HIGHEST)).contains(&value) || value != value.floor()
            }
            state => !(ANSWERED..=NOT_PRESENTED).contains(&state),
        })
    }
}

struct Scored {
    state: u8,
    value: f64,
    answered: u32,
    band: i32,
}

const BAD: Scored = Scored { state: BAD_SHEET, value: 0.0, answered: 0, band: NO_BAND };

impl Scale {
    /// Bands are written for whole scores: 10.67 has not reached 11 and stays below.
    fn band_of(&self, value: f64) -> i32 {
        self.bands_from.iter().filter(|&&from| value >= from).count() as i32 + NO_BAND
    }

    /// Whole numbers up to the one division at the end, so that each language rounds once and alike.
    fn score(&self, sheet: &Sheet, rule: Rule) -> Scored {
        let centre = rule.how == MISSING_CENTRE;
        let length = self.parts.len() as i32;
        let (mut sum, mut answered) = (0, 0);
        for part in self.parts {
            let given = if sheet.state(part.item) == ANSWERED {
                answered += 1;
                sheet.values[part.item] as i32
            } else if centre {
                HIGHEST / 2
            } else {
                continue;
            };
            sum += if part.reversed { HIGHEST - given } else { given };
        }
        let missing = (length - answered) as u32;
        let may_miss = rule.how != MISSING_NONE && missing <= rule.most;
        if answered == 0 || (missing > 0 && !may_miss) {
            return Scored { state: NOT_SCORABLE, value: 0.0, answered: answered as u32, band: NO_BAND };
        }
        let counted = f64::from(if centre { length } else { answered });
        let value = f64::from(if self.mean { sum } else { sum * length }) / counted;
        let state = if missing == 0 { SCORED } else { PRORATED };
        Scored { state, value, answered: answered as u32, band: self.band_of(value) }
    }
}

// ---- Failures -------------------------------------------------------------------------------------

/// `message` is logged: it names the place and the mend, and never what a person answered. That goes to `detail`.
struct Failure {
    status: i32,
    message: String,
    detail: String,
}

fn failure(status: i32, message: &str) -> Failure {
    Failure { status, message: message.to_owned(), detail: String::new() }
}

fn invalid(message: &str) -> Failure {
    failure(E_INVALID, message)
}

/// Ends in NUL; a text that is too long ends at a character.
fn write_text(to: &mut [u8; TEXT_CAPACITY], text: &str) {
    let mut length = text.len().min(TEXT_CAPACITY - 1);
    while !text.is_char_boundary(length) {
        length -= 1;
    }
    to[..length].copy_from_slice(&text.as_bytes()[..length]);
    to[length] = 0;
}

unsafe fn tell(error: *mut Error, what: &Failure) -> i32 {
    if has!(error, detail) {
        (*error).code = what.status;
        (*error).vendor_code = 0;
        write_text(&mut (*error).message, &what.message);
        write_text(&mut (*error).detail, &what.detail);
    }
    what.status
}

unsafe fn guarded(error: *mut Error, work: impl FnOnce() -> Result<(), Failure>) -> i32 {
    match catch_unwind(AssertUnwindSafe(work)) {
        Ok(Ok(())) => OK,
        Ok(Err(what)) => tell(error, &what),
        Err(_) => tell(error, &failure(E_INTERNAL, "the plugin panicked: a fault of its own")),
    }
}

// ---- The border: what the host hands over ---------------------------------------------------------

static HOST: AtomicPtr<Services> = AtomicPtr::new(std::ptr::null_mut()); // from init() to deinit()

/// An empty slice where there is nothing to point to.
unsafe fn slice<'a, T>(from: *const T, length: usize) -> &'a [T] {
    if length == 0 { &[] } else { std::slice::from_raw_parts(from, length) }
}

/// The answers and the rule of a call that can be answered.
struct Asked<'a> {
    values: &'a [f64],
    states: Option<&'a [u8]>,
    rows: usize,
    rule: Rule,
}

impl Asked<'_> {
    fn sheet(&self, row: usize) -> Sheet<'_> {
        let cells = row * ITEMS.len()..(row + 1) * ITEMS.len();
        Sheet { values: &self.values[cells.clone()], states: self.states.map(|states| &states[cells]) }
    }
}

unsafe fn read<'a>(
    sheets: *const Sheets,
    missing: *const Missing,
    out: *const Scores,
) -> Result<Asked<'a>, Failure> {
    if !has!(sheets, states) || !has!(out, bands) {
        return Err(invalid("sheets and a place for the scores, with their sizes, are needed"));
    }
    let (sheets, out) = (&*sheets, &*out);
    if sheets.items != ITEMS.len() as u64 || out.scales != SCALES.len() as u64 || out.rows != sheets.rows {
        return Err(invalid("sheets of four answers, and as many rows of two scores, are needed"));
    }
    if sheets.rows > 0 && (sheets.values.is_null() || out.values.is_null() || out.states.is_null()) {
        return Err(invalid("arrays for answers, scores and their states are needed"));
    }
    let rule = if missing.is_null() {
        Rule { how: MISSING_PRORATE, most: 1 } // the definition's own
    } else if !has!(missing, most) {
        return Err(invalid("the missing rule ends early"));
    } else if !(MISSING_NONE..=MISSING_CENTRE).contains(&(*missing).rule) {
        return Err(invalid("this missing rule is not known"));
    } else {
        Rule { how: (*missing).rule, most: (*missing).most }
    };
    let rows = usize::try_from(sheets.rows).map_err(|_| invalid("these are more rows than memory has"))?;
    let cells = rows.checked_mul(ITEMS.len()).ok_or_else(|| invalid("these are more rows than memory has"))?;
    let states = if sheets.states.is_null() { None } else { Some(slice(sheets.states, cells)) };
    Ok(Asked { values: slice(sheets.values, cells), states, rows, rule })
}

unsafe fn put(out: *const Scores, cell: usize, scored: &Scored) {
    let out = &*out;
    *out.values.add(cell) = scored.value;
    *out.states.add(cell) = scored.state;
    if !out.answered.is_null() {
        *out.answered.add(cell) = scored.answered;
    }
    if !out.bands.is_null() {
        *out.bands.add(cell) = scored.band;
    }
}

// ---- The tables -----------------------------------------------------------------------------------

unsafe extern "C" fn count(_: *const MeasureFactory) -> u64 {
    1
}

unsafe extern "C" fn describe(_: *const MeasureFactory, index: u64, out: *mut Descriptor, error: *mut Error) -> i32 {
    guarded(error, || {
        if index != 0 {
            return Err(failure(E_NOT_FOUND, "there is one instrument, index 0"));
        }
        if !has!(out, title) {
            return Err(invalid("a place to describe to, or its size, is missing"));
        }
        (*out).id = ID.as_ptr().cast();
        (*out).version = VERSION.as_ptr().cast();
        (*out).title = TITLE.as_ptr().cast();
        Ok(())
    })
}

unsafe fn is(text: *const c_char, wanted: &[u8]) -> bool {
    CStr::from_ptr(text).to_bytes_with_nul() == wanted
}

static INSTANCE: u8 = 0; // it keeps nothing between calls: any address will do for it

unsafe extern "C" fn create(
    _: *const MeasureFactory,
    _: *const Services,
    id: *const c_char,
    version: *const c_char,
    out: *mut *mut Measure,
    error: *mut Error,
) -> i32 {
    guarded(error, || {
        if id.is_null() || out.is_null() {
            return Err(invalid("an id and a place for the instance are needed"));
        }
        if !is(id, ID) || !(version.is_null() || is(version, VERSION)) {
            return Err(failure(E_NOT_FOUND, "this plugin makes follow-up-4 of version 1.0.0 only"));
        }
        *out = std::ptr::addr_of!(INSTANCE) as *mut Measure;
        Ok(())
    })
}

unsafe extern "C" fn destroy(_: *mut Measure) {}

/// The host's codec makes the bytes of the JSON: no FlatBuffers and no JSON crate here. What it answers is ours too.
unsafe extern "C" fn definition(_: *mut Measure, out: *const Sink, error: *mut Error) -> i32 {
    let host = HOST.load(Ordering::Acquire);
    let codec = match (*host).get_service {
        Some(get) => get((*host).context, SERVICE_CODEC.as_ptr().cast()).cast::<CodecService>(),
        None => std::ptr::null(),
    };
    match if has!(codec, encode) { (*codec).encode } else { None } {
        Some(encode) => encode(
            (*codec).context,
            b"Instrument\0".as_ptr().cast(),
            DEFINITION_JSON.as_ptr(),
            DEFINITION_JSON.len() as u64,
            out,
            error,
        ),
        None => tell(error, &failure(E_UNSUPPORTED, "this host does not offer alliance.codec/1")),
    }
}

unsafe extern "C" fn score(
    _: *mut Measure,
    sheets: *const Sheets,
    missing: *const Missing,
    out: *const Scores,
    error: *mut Error,
) -> i32 {
    guarded(error, || {
        let asked = read(sheets, missing, out)?;
        if asked.rows != 1 {
            return Err(invalid("score() takes one sheet; score_batch() takes many"));
        }
        let sheet = asked.sheet(0);
        if let Some(bad) = sheet.first_bad() {
            return Err(Failure {
                status: E_BAD_INPUT,
                message: format!("item {}: answer with a whole number from 0 to 4", ITEMS[bad]),
                detail: sheet.values[bad].to_string(),
            });
        }
        for (at, scale) in SCALES.iter().enumerate() {
            put(out, at, &scale.score(&sheet, asked.rule));
        }
        Ok(())
    })
}

unsafe extern "C" fn score_batch(
    _: *mut Measure,
    sheets: *const Sheets,
    missing: *const Missing,
    out: *const Scores,
    error: *mut Error,
) -> i32 {
    guarded(error, || {
        let asked = read(sheets, missing, out)?;
        for row in 0..asked.rows {
            let sheet = asked.sheet(row);
            let good = sheet.first_bad().is_none();
            for (at, scale) in SCALES.iter().enumerate() {
                let scored = if good { scale.score(&sheet, asked.rule) } else { BAD };
                put(out, row * SCALES.len() + at, &scored);
            }
        }
        Ok(())
    })
}

static MEASURES: MeasureFactory = MeasureFactory {
    size: std::mem::size_of::<MeasureFactory>() as u32,
    reserved: 0,
    count,
    describe,
    create,
    destroy,
    definition,
    score,
    score_batch,
    content: None,
};

// ---- The entry ------------------------------------------------------------------------------------

unsafe extern "C" fn init(services: *const Services, error: *mut Error) -> i32 {
    if !has!(services, get_service) || (*services).get_service.is_none() {
        return tell(error, &invalid("the host handed over no services"));
    }
    HOST.store(services as *mut Services, Ordering::Release);
    OK
}

unsafe extern "C" fn deinit() {
    HOST.store(std::ptr::null_mut(), Ordering::Release);
}

unsafe extern "C" fn get_factory(id: *const c_char) -> *const c_void {
    if !id.is_null() && is(id, MEASURE_FACTORY) {
        std::ptr::addr_of!(MEASURES).cast()
    } else {
        std::ptr::null()
    }
}

static ENTRY: PluginEntry = PluginEntry {
    size: std::mem::size_of::<PluginEntry>() as u32,
    abi_major: ABI_MAJOR,
    abi_minor: ABI_MINOR,
    reserved: 0,
    layout_check: LAYOUT_CHECK,
    init,
    deinit,
    get_factory,
};

/// The one symbol that leaves the library.
#[no_mangle]
pub extern "C" fn alliance_plugin_entry_v1() -> *const PluginEntry {
    &ENTRY
}
