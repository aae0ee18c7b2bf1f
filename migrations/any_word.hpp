// migrations/any_word.hpp: whether a long text has one of some words, before it is looked at
// closely.
//
// Cost   a tenth of a millisecond a megabyte and word: the C library's strstr() looks at many
//        characters at a time, std::string::find() at each that begins the word.
#pragma once

#include <initializer_list>
#include <string>

namespace migrations {

// Anywhere in it, also as a part of another word. `low` is in lower case, as the words are.
[[nodiscard]] bool has_any_word(const std::string& low, std::initializer_list<const char*> words);

}  // namespace migrations
