#include "style.h"

#include <langinfo.h>
#include <strings.h>

bool style_env_mono(void)
{
	const char *no = getenv("NO_COLOR"), *term = getenv("TERM");

	return (no && *no) || !term || !*term || str_eq(term, "dumb");
}

bool style_env_ascii(void)
{
	const char *term = getenv("TERM");

	if (strcasecmp(nl_langinfo(CODESET), "UTF-8") != 0)
		return true;
	return !term || str_eq(term, "dumb") || str_has_prefix(term, "vt") || str_eq(term, "ansi");
}

const char *style_name(enum style_id id)
{
	static const char *const names[STYLE_IDS] = {
		"normal", "quiet",  "strong", "bad",	"attention", "good",	"go",
		"link",	  "header", "tab",    "tab-on", "title",     "key",	"hint",
		"match",  "rule",   "input",  "added",	"removed",   "changed",
	};

	return id < STYLE_IDS ? names[id] : "?";
}
