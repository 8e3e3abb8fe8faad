// SPDX-License-Identifier: Apache-2.0
// Files for a browser: those of the folders and no others, under a policy.
#include <filesystem>

#include "kit.h"

namespace {

namespace fs = std::filesystem;
using alliance::sidecar::Pages;

class Paged : public kit::Sidecar {
 protected:
  void settle(alliance::sidecar::Settings& settings) override {
    for (const char* folder : {"first", "second"}) {
      fs::create_directories(pages_ / folder);
      write(std::string(folder) + "/both.css", folder);
    }
    write("first/index.html", "<!doctype html>");
    write("first/.hidden.html", "no");
    write("first/notes.txt", "no");
    write("second/own.js", "1");
    write("outside.html", "no");
    settings.pages = {pages_ / "first", pages_ / "second"};
  }
  void write(const std::string& name, const std::string& text) { std::ofstream(pages_ / name) << text; }
  alliance::test::TemporaryFolder pages_{"pages"};
};

TEST_F(Paged, AreTheFilesOfTheFoldersAndNoOthers) {
  const auto page = get("/pages/index.html?lang=en", "");
  EXPECT_EQ(page.status, 200);
  EXPECT_EQ(page.type, "text/html; charset=utf-8");
  EXPECT_EQ(page.body, "<!doctype html>");
  EXPECT_EQ(get("/pages/own.js", "").type, "text/javascript; charset=utf-8");
  EXPECT_EQ(get("/pages/both.css", "").body, "first");
  for (const char* path :
       {"/pages/", "/pages/.hidden.html", "/pages/notes.txt", "/pages/../outside.html", "/pages/%2e%2e/outside.html",
        "/pages/first/index.html", "/index.html", "/pages/outside.html"}) {
    EXPECT_EQ(get(path, "").status, 404) << path;
  }
  EXPECT_EQ(call("POST", "/pages/index.html", "").status, 405);
}

TEST_F(Paged, ComeUnderAPolicyThatKeepsThemToTheSidecar) {
  const auto policy = header(get("/pages/index.html", ""), "Content-Security-Policy");
  for (const char* wanted :
       {"default-src 'none'", "script-src 'self'", "connect-src 'self'", "frame-ancestors 'none'"}) {
    EXPECT_NE(policy.find(wanted), std::string::npos) << wanted;
  }
  EXPECT_EQ(policy.find("unsafe"), std::string::npos);
}

TEST_F(Paged, ThatDidNotChangeAreNotSentAgain) {
  const auto tag = header(get("/pages/index.html", ""), "ETag");
  ASSERT_FALSE(tag.empty());
  const auto again = call("GET", "/pages/index.html", "", "", {{"if-none-match", tag}});
  EXPECT_EQ(again.status, 304);
  EXPECT_TRUE(again.body.empty());
}

TEST_F(Paged, AFolderThatIsNotThereIsNamed) {
  const auto read = Pages::read({pages_ / "nowhere"});
  ASSERT_FALSE(read);
  EXPECT_NE(read.error().message.find("nowhere"), std::string::npos);
}

}  // namespace
