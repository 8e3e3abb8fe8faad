// SPDX-License-Identifier: Apache-2.0
#include "plugin/interpreter.h"

#include <unistd.h>

#include <cstdlib>
#include <sstream>

namespace alliance::plugin {
namespace {

constexpr const char* name_it = "name one with python in the host's configuration, or with ALLIANCE_PYTHON";

// Nothing of the package is run yet: what holds the process back must come first.
constexpr const char* first_words =
    "import importlib.util as u, os, sys\n"
    "s = u.find_spec('alliance')\n"
    "p = os.path.join(os.path.dirname(s.origin), '_runner.py') if s and s.origin else ''\n"
    "if not os.path.isfile(p): os._exit(40)\n"
    "exec(compile(open(p, 'rb').read(), p, 'exec'), {'__name__': '__main__', '__file__': p})\n";

std::string in_path(const std::string& name) {
  const char* path = std::getenv("PATH");
  std::istringstream folders(path == nullptr ? "/usr/local/bin:/usr/bin:/bin" : path);
  for (std::string folder; std::getline(folders, folder, ':');) {
    const std::string found = folder + "/" + name;
    if (!folder.empty() && access(found.c_str(), X_OK) == 0) return found;
  }
  return "";
}

}  // namespace

Result<Program> python_program(const std::string& named) {
  std::string path = named;
  if (const char* variable = std::getenv("ALLIANCE_PYTHON"); path.empty() && variable != nullptr) path = variable;
  if (path.empty()) path = "python3";
  if (path.find('/') == std::string::npos) {
    const std::string found = in_path(path);
    if (found.empty()) {
      return fail(ALLIANCE_E_NOT_FOUND, "it is written in Python, and there is no " + path + " in PATH: " + name_it);
    }
    path = found;
  }
  // -I: no variable, folder or package of whoever happens to run the host; -B: it writes nothing.
  return Program{path, {path, "-I", "-B", "-c", first_words}, name_it};
}

}  // namespace alliance::plugin
