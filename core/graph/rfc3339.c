#include "graph/rfc3339.h"

#include <time.h>

static int two(const char *p)
{
	return (p[0] - '0') * 10 + (p[1] - '0');
}

/* Parses an RFC 3339 time into seconds since 1970; false if malformed. */
bool rfc3339_parse(const char *s, int64_t *t)
{
	static const char form[] = "dddd-dd-ddTdd:dd:dd";
	struct tm tm = { 0 }, as_given;
	int sign, offset = 0;

	for (size_t i = 0; form[i]; i++) {
		if (form[i] == 'd' ? s[i] < '0' || s[i] > '9' : s[i] != form[i])
			return false;
	}
	tm.tm_year = two(s) * 100 + two(s + 2) - 1900;
	tm.tm_mon = two(s + 5) - 1;
	tm.tm_mday = two(s + 8);
	tm.tm_hour = two(s + 11);
	tm.tm_min = two(s + 14);
	tm.tm_sec = two(s + 17);
	s += 19;
	if (*s == '.')
		s += 1 + strspn(s + 1, "0123456789");
	sign = *s == '-' ? -1 : 1;
	if ((*s == '+' || *s == '-') && strlen(s) == 6)
		offset = sign * (two(s + 1) * 3600 + two(s + 4) * 60);
	else if (*s != 'Z')
		return false;
	as_given = tm;
	*t = (int64_t)timegm(&tm) - offset; /* normalises 29 February to 1 March in other years */
	return tm.tm_mon == as_given.tm_mon && tm.tm_mday == as_given.tm_mday &&
	       tm.tm_hour == as_given.tm_hour && tm.tm_min == as_given.tm_min &&
	       tm.tm_sec == as_given.tm_sec;
}
