-- SPDX-License-Identifier: Apache-2.0
-- luajit score.lua LIBRARY PLUGIN-FOLDER: one answer sheet from Lua, with LuaJIT's own ffi and nothing else.
local ffi = require("ffi")

-- From alliance/base.h, measure.h and host.h; `size` tells the library which members this program knows.
ffi.cdef [[
typedef struct { uint32_t size; int32_t code, vendor_code; uint32_t reserved; char message[256], detail[256]; } alliance_error;
typedef struct {
  uint32_t size; int32_t log_level; const char *tenant, *store_path, *config; void *log, *log_context, *now, *now_context;
  const char *key_file; uint32_t flags, reserved;
} alliance_host_options;
typedef struct { uint32_t size, reserved; uint64_t rows, items; const double *values; const uint8_t *states; } alliance_sheets;
typedef struct {
  uint32_t size, reserved; uint64_t rows, scales; double *values; uint8_t *states; uint32_t *answered; int32_t *bands;
} alliance_scores;
typedef struct alliance_host alliance_host;
int32_t alliance_host_create(const alliance_host_options *, alliance_host **, alliance_error *);
int32_t alliance_host_load_folder(alliance_host *, const char *, uint64_t *, uint64_t *, alliance_error *);
int32_t alliance_host_score(alliance_host *, const char *, const char *, const alliance_sheets *, const void *,
                            const alliance_scores *, alliance_error *);
void alliance_host_close(alliance_host *);
const char *alliance_status_text(int32_t);
const char *alliance_version(void);
]]

local lib = ffi.load(arg[1])

local function sized(type, members)
  local made = ffi.new(type, members or {})
  made.size = ffi.sizeof(made)
  return made
end

local problem = sized("alliance_error")
local function done(status)
  if status ~= 0 then
    io.stderr:write(ffi.string(lib.alliance_status_text(status)), ": ", ffi.string(problem.message), "\n")
    os.exit(1)
  end
end

local answers, total, state = ffi.new("double[7]", 1, 1, 1, 2, 2, 0, 0), ffi.new("double[1]"), ffi.new("uint8_t[1]")
local sheet = sized("alliance_sheets", {rows = 1, items = 7, values = answers})
local scores = sized("alliance_scores", {rows = 1, scales = 1, values = total, states = state})
local host = ffi.new("alliance_host *[1]")
done(lib.alliance_host_create(sized("alliance_host_options"), host, problem))
done(lib.alliance_host_load_folder(host[0], arg[2], nil, nil, problem))
done(lib.alliance_host_score(host[0], "gad-7", nil, sheet, nil, scores, problem))
lib.alliance_host_close(host[0])
print(string.format("%s gad-7 total %g", ffi.string(lib.alliance_version()), total[0]))
