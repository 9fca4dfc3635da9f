/*
 * text.h - makes outside bytes safe for a terminal; quoting, runes, fields.
 *
 * Every byte that comes from a module, a proxy, git or a file passes text_escape() before it reaches a
 * terminal or a pipe that a person reads. It keeps valid, printable UTF-8 and replaces the rest visibly:
 * C0 and C1 controls, DEL, bidirectional overrides and isolates (U+202A-E, U+2066-9, U+200E/F, U+061C),
 * other invisible format characters (U+200B-D, U+2060-4, U+FEFF, U+E0000 and on), everything else that Unicode
 * ignores by default (U+034F, Hangul fillers, variation selectors), line separators (U+2028/9) and invalid bytes
 * become \xNN or \u{NNNN}. Backslashes are kept.
 */
#ifndef MODSCOPE_TEXT_H
#define MODSCOPE_TEXT_H

#include "base/arena.h"
#include "base/buf.h"

/* Appends s escaped. With `multiline`, newline and tab pass. */
void text_escape(struct buf *b, const char *s, size_t len, bool multiline);
/* Appends a URL without its credentials ("https://user:xxxxx@host/"), nor the query values of token-like names. */
void text_redact_url(struct buf *b, const char *url);
/* Appends s in single quotes, for a POSIX shell. */
void text_quote_shell(struct buf *b, const char *s);
/* The same, but a word that needs no quotes as it is. */
void text_shell_word(struct buf *b, const char *s);
/* strconv.AppendQuote. */
void text_quote(struct buf *b, const char *s, size_t len);
/* strconv.Quote. */
const char *text_quoted(struct arena *a, const char *s);
/* strconv.AppendQuoteRune. */
void text_quote_rune(struct buf *b, uint32_t rune);
/* Decodes one rune; returns its length in bytes (1 for an invalid byte, *rune = 0xFFFD), 0 at the end. As utf8.DecodeRune. */
size_t text_rune(const char *s, size_t len, uint32_t *rune);
/* Appends a rune as UTF-8 (an invalid one as U+FFFD). */
void text_add_rune(struct buf *b, uint32_t rune);
/* Whether text_escape() keeps a rune. */
bool text_is_visible(uint32_t rune);
/* Appends s, in which letters, digits, "-._~" and what is in `plain` stay, and each other byte is %XX. */
void text_percent_encode(struct buf *b, const char *s, const char *plain);
/* Go's unicode.IsSpace. */
bool text_is_space(uint32_t rune);
/* Go's unicode.IsPrint, IsLetter, IsUpper, IsDigit (tables of utf8proc's Unicode version). */
bool text_is_print(uint32_t rune);
bool text_is_letter(uint32_t rune);
bool text_is_upper(uint32_t rune);
bool text_is_digit(uint32_t rune);
/* strings.Fields: the number of fields; the first `max` are stored, pointing into s. */
struct text_field {
	const char *s;
	size_t len;
};
size_t text_fields(const char *s, size_t len, struct text_field *fields, size_t max);
/* strings.TrimSpace, in place. */
void text_trim(const char **s, size_t *len);
/* Levenshtein distance, for "did you mean"; 65 if a string is over 64 bytes. */
unsigned text_distance(const char *a, const char *b);

#endif
