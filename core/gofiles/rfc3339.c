#include "gofiles/rfc3339.h"

#include <time.h>

static int two(const char *p)
{
	return (p[0] - '0') * 10 + (p[1] - '0');
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Whether s begins as form, in which d is a digit; *s is behind it then. */
static bool skip(const char **s, const char *form)
{
	const char *p = *s;

	for (; *form; form++, p++)
		if (*form == 'd' ? !is_digit(*p) : *p != *form)
			return false;
	*s = p;
	return true;
}

/* As time.Parse: one digit will do. */
static bool read_hour(const char **s, int *hour)
{
	if (!is_digit((*s)[0]))
		return false;
	*hour = is_digit((*s)[1]) ? two(*s) : (*s)[0] - '0';
	*s += is_digit((*s)[1]) ? 2 : 1;
	return true;
}

/* In nanoseconds: time.Parse ignores further digits. */
static int read_fraction(const char **s)
{
	int nanos = 0, unit = 100000000;

	if ((**s != '.' && **s != ',') || !is_digit((*s)[1]))
		return 0;
	for (++*s; is_digit(**s); ++*s, unit /= 10)
		nanos += (**s - '0') * unit;
	return nanos;
}

/* Seconds east of UTC. time.Parse takes 24 hours and 60 minutes too. */
static bool read_zone(const char *s, int *offset)
{
	int sign = *s == '-' ? -1 : 1, hours, minutes;
	const char *digits = s + 1;

	*offset = 0;
	if (*s == 'Z')
		return !s[1];
	if ((*s != '+' && *s != '-') || !skip(&digits, "dd:dd") || *digits)
		return false;
	hours = two(s + 1);
	minutes = two(s + 4);
	*offset = sign * (hours * 3600 + minutes * 60);
	return hours <= 24 && minutes <= 60;
}

bool rfc3339_parse_nanos(const char *s, int64_t *t, int *nanos)
{
	const char *date = s, *clock;
	struct tm tm = { 0 }, as_given;
	int offset;

	if (!skip(&s, "dddd-dd-ddT") || !read_hour(&s, &tm.tm_hour))
		return false;
	clock = s;
	if (!skip(&s, ":dd:dd"))
		return false;
	*nanos = read_fraction(&s);
	if (!read_zone(s, &offset))
		return false;
	tm.tm_year = two(date) * 100 + two(date + 2) - 1900;
	tm.tm_mon = two(date + 5) - 1;
	tm.tm_mday = two(date + 8);
	tm.tm_min = two(clock + 1);
	tm.tm_sec = two(clock + 4);
	as_given = tm;
	*t = (int64_t)timegm(&tm) - offset; /* normalises 29 February to 1 March in other years */
	return tm.tm_mon == as_given.tm_mon && tm.tm_mday == as_given.tm_mday &&
	       tm.tm_hour == as_given.tm_hour && tm.tm_min == as_given.tm_min &&
	       tm.tm_sec == as_given.tm_sec;
}

bool rfc3339_parse(const char *s, int64_t *t)
{
	int nanos;

	return rfc3339_parse_nanos(s, t, &nanos);
}
