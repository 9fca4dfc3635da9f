#include "audit/licence.h"

#include <ctype.h>

enum { WINDOW = 3000 };

/* has[0] occurs in the words of the text, and the WINDOW from there to its next occurrence contains the rest of `has` and
 * none of `lacks`: a file may contain several licences, even of one family. */
static const struct rule {
	const char *id;
	const char *has[3];
	const char *lacks[3];
} rules[] = {
#define GRANT "permission is hereby granted free of charge to any person obtaining a copy"
#define NOTICE \
	"copyright notice and this permission notice shall be included in all copies or substantial portions"
#define SOURCE "redistributions of source code must retain the above copyright notice"
#define BINARY "redistributions in binary form must reproduce the above copyright notice"
#define ENDORSE "used to endorse or promote products derived from this software"
#define ADVERTISE \
	"all advertising materials mentioning features or use of this software must display"
#define VIEWS \
	"views and conclusions contained in the software and documentation are those of the authors"
#define FEE "distribute this software for any purpose with or without fee is hereby granted"
#define APPEAR "permission notice appear in all copies"
	{ "Apache-2.0", { "apache license version 2 0 january 2004" }, { NULL } },
	{ "Apache-2.0", { "licensed under the apache license version 2 0" }, { NULL } },
	{ "JSON", { GRANT, NOTICE, "shall be used for good not evil" }, { NULL } },
	{ "BSL-1.0", { "boost software license version 1 0 august 17th 2003" }, { NULL } },
	{ "NCSA", { GRANT, SOURCE, "neither the names of" }, { NOTICE } },
	{ "MIT", { GRANT, NOTICE }, { "good not evil" } },
	{ "MIT-0", { GRANT, "without restriction" }, { NOTICE, "neither the names of" } },
	{ "BSD-4-Clause", { SOURCE, BINARY, ADVERTISE }, { NULL } },
	{ "BSD-3-Clause",
	  { SOURCE, BINARY, ENDORSE },
	  { ADVERTISE, "no express or implied licenses to any party s patent rights" } },
	{ "BSD-3-Clause-Clear",
	  { SOURCE, BINARY, "no express or implied licenses to any party s patent rights" },
	  { ADVERTISE } },
	{ "BSD-2-Clause-Views", { SOURCE, BINARY, VIEWS }, { ENDORSE, ADVERTISE } },
	{ "BSD-2-Clause", { SOURCE, BINARY }, { ENDORSE, ADVERTISE, VIEWS } },
	{ "ISC", { FEE, APPEAR }, { NULL } },
	{ "0BSD", { FEE }, { APPEAR } },
	{ "MPL-2.0", { "mozilla public license version 2 0 1 definitions" }, { NULL } },
	{ "MPL-2.0", { "subject to the terms of the mozilla public license v 2 0" }, { NULL } },
	{ "MPL-1.1", { "mozilla public license version 1 1", "1 definitions" }, { NULL } },
	{ "EPL-1.0", { "eclipse public license v 1 0" }, { NULL } },
	{ "EPL-2.0", { "eclipse public license v 2 0" }, { NULL } },
	{ "CDDL-1.0", { "common development and distribution license", "version 1 0" }, { NULL } },
	{ "CC0-1.0", { "cc0 1 0 universal" }, { NULL } },
	{ "CC-BY-4.0", { "attribution 4 0 international" }, { NULL } },
	{ "CC-BY-SA-4.0", { "attribution sharealike 4 0 international" }, { NULL } },
	{ "CC-BY-3.0", { "creative commons attribution 3 0" }, { NULL } },
	{ "Unlicense",
	  { "this is free and unencumbered software released into the public domain" },
	  { NULL } },
	{ "WTFPL", { "do what the fuck you want to public license" }, { NULL } },
	{ "Zlib",
	  { "in no event will the authors be held liable",
	    "altered source versions must be plainly marked as such" },
	  { NULL } },
	{ "GPL-2.0-only", { "gnu general public license version 2 june 1991" }, { NULL } },
	{ "GPL-3.0-only", { "gnu general public license version 3 29 june 2007" }, { NULL } },
	{ "LGPL-2.0-only", { "gnu library general public license version 2 june 1991" }, { NULL } },
	{ "LGPL-2.1-only",
	  { "gnu lesser general public license version 2 1 february 1999" },
	  { NULL } },
	{ "LGPL-3.0-only",
	  { "gnu lesser general public license version 3 29 june 2007" },
	  { NULL } },
	{ "AGPL-3.0-only",
	  { "gnu affero general public license version 3 19 november 2007" },
	  { NULL } },
	{ "OFL-1.1", { "sil open font license version 1 1" }, { NULL } },
	{ "BUSL-1.1", { "business source license 1 1", "additional use grant" }, { NULL } },
	{ "SSPL-1.0", { "server side public license version 1 october 16 2018" }, { NULL } },
	{ "Elastic-2.0",
	  { "elastic license 2 0",
	    "you may not provide the software to third parties as a hosted or managed service" },
	  { NULL } },
	{ "Artistic-2.0",
	  { "artistic license 2 0",
	    "the intent is that the copyright holder maintains some artistic control" },
	  { NULL } },
	{ "PostgreSQL",
	  { "permission to use copy modify and distribute this software and its documentation for any purpose without fee and without a written agreement" },
	  { NULL } },
	{ "UPL-1.0", { "universal permissive license", "version 1 0" }, { NULL } },
	{ "EUPL-1.2", { "european union public licence v 1 2" }, { NULL } },
	{ "Python-2.0",
	  { "python software foundation license version 2",
	    "beopen python open source license agreement version 1" },
	  { NULL } },
};

static bool starts(const char **name, const char *word)
{
	size_t n = strlen(word);

	if (strncasecmp(*name, word, n) != 0)
		return false;
	*name += n;
	return true;
}

static bool is_source(const char *name)
{
	static const char *const ends[] = { ".go",   ".c",    ".h",   ".py",   ".js",
					    ".sh",   ".json", ".ts",  ".tmpl", ".tpl",
					    ".yaml", ".yml",  ".toml" };
	const char *dot = strrchr(name, '.');

	for (size_t i = 0; dot && i < ARRAY_LEN(ends); i++)
		if (strcasecmp(dot, ends[i]) == 0)
			return true;
	return false;
}

bool licence_is_file(const char *name)
{
	const char *rest = name;

	starts(&rest, "mit-");
	if (!starts(&rest, "license") && !starts(&rest, "licence") && !starts(&rest, "copying") &&
	    !starts(&rest, "unlicense") && !starts(&rest, "unlicence"))
		return false;
	return (!*rest || *rest == '.' || *rest == '-' || *rest == '_') && !is_source(rest);
}

/* The words of a text in lower case, each surrounded by blanks. */
static void read_words(struct buf *b, const char *text, size_t len)
{
	bool in = false;

	buf_addch(b, ' ');
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)text[i];

		if (c < 0x80 && isalnum(c))
			buf_addch(b, (char)tolower(c));
		else if (in)
			buf_addch(b, ' ');
		in = c < 0x80 && isalnum(c);
	}
	if (in)
		buf_addch(b, ' ');
}

/* The start of the phrase; NULL if it does not occur. */
static const char *find(const char *words, size_t len, const char *phrase)
{
	const char *p = words, *end = words + len;
	size_t n = strlen(phrase);

	while ((p = memmem(p, (size_t)(end - p), phrase, n)) != NULL) {
		if (p[-1] == ' ' && p[n] == ' ')
			return p;
		p++;
	}
	return NULL;
}

static bool fits_at(const struct rule *r, const char *at, size_t len)
{
	for (size_t i = 1; i < ARRAY_LEN(r->has) && r->has[i]; i++)
		if (!find(at, len, r->has[i]))
			return false;
	for (size_t i = 0; i < ARRAY_LEN(r->lacks) && r->lacks[i]; i++)
		if (find(at, len, r->lacks[i]))
			return false;
	return true;
}

static bool fits(const struct rule *r, const char *words, size_t len)
{
	const char *end = words + len, *at = find(words, len, r->has[0]), *next;

	for (; at; at = next) {
		next = find(at + 1, (size_t)(end - at) - 1, r->has[0]);
		if (fits_at(r, at, MIN((size_t)((next ? next : end) - at), (size_t)WINDOW)))
			return true;
	}
	return false;
}

static void add_id(struct buf *b, const char *id)
{
	size_t n = strlen(id);

	for (const char *p = b->len ? b->data : ""; (p = strstr(p, id)) != NULL; p += n)
		if ((p == b->data || p[-1] == ' ') && (!p[n] || p[n] == ' '))
			return;
	buf_addf(b, "%s%s", b->len ? " AND " : "", id);
}

bool licence_add(struct buf *expression, const char *text, size_t len)
{
	struct buf words = BUF_INIT;
	bool found = false;

	read_words(&words, text, len);
	for (size_t i = 0; i < ARRAY_LEN(rules); i++)
		if (fits(&rules[i], words.data, words.len)) {
			add_id(expression, rules[i].id);
			found = true;
		}
	buf_release(&words);
	return found;
}
