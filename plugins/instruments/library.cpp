// SPDX-License-Identifier: Apache-2.0
#include "library.h"

#include <openssl/sha.h>

#include <algorithm>
#include <filesystem>
#include <map>

#include "../shared/place.h"
#include "../shared/settings.h"
#include "../shared/tables.h"
#include "check.h"
#include "choices.h"
#include "key_pack.h"

namespace alliance::instruments {
namespace {

namespace fs = std::filesystem;

struct Read {
  fb::InstrumentT definition;
  std::string file, json;
  std::string key_file;  // of the key pack that was put in place
  std::map<std::string, Bytes> content;
};

constexpr std::string_view key_ending = ".key.json";

std::string sha256(const std::string& text) {
  unsigned char digest[SHA256_DIGEST_LENGTH];
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest);
  static constexpr char hex[] = "0123456789abcdef";
  std::string out;
  for (const unsigned char byte : digest) {
    out += hex[byte >> 4];
    out += hex[byte & 15];
  }
  return out;
}

// By name, so that the same folder loads in the same order everywhere.
std::vector<fs::path> json_files(const fs::path& folder) {
  std::vector<fs::path> files;
  std::error_code bad;
  for (fs::directory_iterator entry(folder, bad), end; !bad && entry != end; entry.increment(bad)) {
    if (entry->path().extension() == ".json") files.push_back(entry->path());
  }
  if (bad) throw Error(ALLIANCE_E_IO, folder.string() + ": " + bad.message());
  std::sort(files.begin(), files.end());
  return files;
}

class Reader {
 public:
  explicit Reader(const Services& services) : services_(services) {}

  void folder(const fs::path& path) {
    for (const fs::path& file : json_files(path)) {
      attempt(file, [&] { definition(file); });
    }
    std::error_code bad;
    if (!fs::is_directory(path / "content", bad)) return;
    for (const fs::path& file : json_files(path / "content")) {
      (file.filename().string().ends_with(key_ending) ? keys_ : packs_).push_back(file);
    }
  }

  // After every folder was read: a pack may stand in another folder than its definition.
  std::vector<Read> take() {
    for (const fs::path& file : keys_) {
      attempt(file, [&] { key_pack(file); });
    }
    for (const fs::path& file : packs_) {
      attempt(file, [&] { pack(file); });
    }
    return std::move(read_);
  }

 private:
  template <class Work>
  void attempt(const fs::path& file, Work&& work) {
    try {
      work();
    } catch (const Error& error) {
      // The codec's sentence may name the file already, and the detail may quote it: a definition holds
      // nobody's answers.
      const std::string& sentence = error.message();
      refuse(file, sentence.starts_with(file.string()) ? sentence.substr(file.string().size() + 2) : sentence);
    }
  }

  void refuse(const fs::path& file, const std::string& sentence) {
    services_.log(ALLIANCE_LOG_WARNING, file.string() + " is left out: " + sentence);
  }

  // False when there were faults, which have been logged with their place in the file.
  bool accept(const fs::path& file, const std::string& json, const std::vector<std::string>& faults) {
    for (const std::string& fault : faults) {
      refuse(file, shared::place(json, fault.substr(0, fault.find(": "))) + ": " + fault);
    }
    return faults.empty();
  }

  void definition(const fs::path& file) {
    Read read;
    read.file = file.string();
    read.json = shared::read_file(read.file);
    const Bytes bytes = services_.encode("Instrument", read.json);
    shared::Verified<fb::Instrument>(bytes.data(), bytes.size(), fb::InstrumentIdentifier(), "the definition")
        ->UnPackTo(&read.definition);
    fb::InstrumentT& made = read.definition;
    made.hash = sha256(read.json);
    made.languages.clear();
    made.other_versions.clear();
    made.in_use = false;
    if (!accept(file, read.json, check(made))) return;
    for (const Read& other : read_) {
      if (other.definition.id == made.id && other.definition.version == made.version) {
        refuse(file, made.id + " version " + made.version + " was read from " + other.file +
                         " already: give the one of them another version");
        return;
      }
    }
    read_.push_back(std::move(read));
  }

  void key_pack(const fs::path& file) {
    const std::string json = shared::read_file(file.string());
    const Bytes bytes = services_.encode("KeyPack", json);
    fb::KeyPackT pack;
    shared::Verified<fb::KeyPack>(bytes.data(), bytes.size(), nullptr, "the key pack")->UnPackTo(&pack);
    const auto read = std::find_if(read_.begin(), read_.end(), [&](const Read& other) {
      return other.definition.id == pack.instrument && other.definition.version == pack.version;
    });
    if (read == read_.end()) {
      refuse(file, "there is no instrument " + pack.instrument + " of version " + pack.version);
      return;
    }
    if (!read->key_file.empty()) {
      refuse(file, pack.instrument + " version " + pack.version + " has its key from " + read->key_file + " already");
      return;
    }
    if (!accept(file, json, check(pack, read->definition))) return;
    fb::InstrumentT made(read->definition);
    put_in_place(pack, made);
    made.hash = sha256(read->json + json);
    if (!accept(file, json, check(made))) return;
    read->definition = std::move(made);
    read->key_file = file.string();
  }

  void pack(const fs::path& file) {
    const std::string json = shared::read_file(file.string());
    const Bytes bytes = services_.encode("ContentPack", json);
    fb::ContentPackT pack;
    shared::Verified<fb::ContentPack>(bytes.data(), bytes.size(), nullptr, "the content pack")->UnPackTo(&pack);
    const std::string name = pack.instrument + "." + pack.language + ".json";
    if (file.filename() != name) {
      refuse(file, "it calls itself the pack " + name + ": give it that name");
      return;
    }
    bool known = false, fits = false;
    std::vector<std::string> faults;
    for (Read& read : read_) {
      if (read.definition.id != pack.instrument) continue;
      known = true;
      auto found = check(pack, read.definition);
      if (found.empty()) {
        fits = true;
        read.definition.languages.push_back(pack.language);
        read.content[pack.language] = shared::packed<fb::ContentPack>(pack, "ALCP");
      } else {
        faults = std::move(found);
      }
    }
    if (!known) refuse(file, "there is no instrument " + pack.instrument);
    if (known && !fits) accept(file, json, faults);  // a pack may fit one version and not another
  }

  const Services& services_;
  std::vector<Read> read_;
  std::vector<fs::path> packs_, keys_;
};

std::shared_ptr<const Loaded> loaded(Read read, const Settings& settings) {
  fb::InstrumentT& made = read.definition;
  apply_choices(made, settings);
  Key key(for_scoring(made), settings.wide_instructions);
  Bytes bytes = shared::packed<fb::Instrument>(made, fb::InstrumentIdentifier());
  return std::make_shared<const Loaded>(Loaded{std::move(made.id), std::move(made.version), std::move(made.title),
                                               std::move(made.denied), std::move(bytes), std::move(key),
                                               std::move(read.content)});
}

}  // namespace

std::vector<std::shared_ptr<const Loaded>> load(const Services& services, const Settings& settings) {
  Reader reader(services);
  for (const std::string& folder : settings.folders) {
    std::error_code bad;
    if (fs::is_directory(folder, bad)) {
      reader.folder(folder);
    } else if (settings.own_folder) {
      services.log(ALLIANCE_LOG_WARNING, folder + " is not there: no instrument was loaded");
    } else {
      throw Error(ALLIANCE_E_NOT_FOUND, folder + ", named in definitions, is no folder");
    }
  }
  std::vector<Read> found = reader.take();
  std::vector<const fb::InstrumentT*> definitions;
  for (const Read& read : found) definitions.push_back(&read.definition);
  check_choices(settings, definitions);
  std::vector<std::shared_ptr<const Loaded>> all;
  for (Read& read : found) all.push_back(loaded(std::move(read), settings));
  return all;
}

}  // namespace alliance::instruments
