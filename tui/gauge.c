#include "gauge.h"

static int filled(int cells, uint64_t done, uint64_t total)
{
	if (total == 0)
		return 0;
	if (done >= total)
		return cells;
	return (int)((long double)done * cells / (long double)total);
}

void gauge_add(struct line *l, unsigned style, int cells, uint64_t done, uint64_t total)
{
	int on = filled(cells, done, total);

	for (int i = 0; i < cells; i++)
		line_glyph(l, i < on ? style : STYLE_QUIET,
			   i < on ? GLYPH_GAUGE_ON : GLYPH_GAUGE_OFF);
}

void gauge_sparkline(struct line *l, unsigned style, int cells, const uint64_t *values, size_t n)
{
	static const char *const bars[] = { "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█" };
	size_t shown = MIN(n, (size_t)MAX(cells, 0));
	uint64_t sum[256] = { 0 }, most = 0;

	shown = MIN(shown, ARRAY_LEN(sum));
	for (size_t i = 0; i < n && shown > 0; i++)
		sum[i * shown / n] += values[i];
	for (size_t i = 0; i < shown; i++)
		most = MAX(most, sum[i]);
	for (size_t i = 0; i < shown; i++) {
		if (sum[i] == 0)
			line_add(l, style, " ");
		else
			line_add(l, style,
				 bars[(size_t)((long double)(sum[i] - 1) * 8 / (long double)most)]);
	}
}

void gauge_bytes(struct buf *out, uint64_t bytes)
{
	static const char *const units[] = { "KiB", "MiB", "GiB", "TiB", "PiB", "EiB" };
	long double v = (long double)bytes / 1024;
	size_t u = 0;

	if (bytes < 1024) {
		buf_addf(out, "%llu B", (unsigned long long)bytes);
		return;
	}
	while (v >= 1023.95L && u + 1 < ARRAY_LEN(units)) {
		v /= 1024;
		u++;
	}
	buf_addf(out, "%.1Lf %s", v, units[u]);
}

const char *gauge_number(char room[GAUGE_DIGITS], uint64_t n)
{
	char digits[GAUGE_DIGITS];
	int len = snprintf(digits, sizeof(digits), "%llu", (unsigned long long)n), at = 0;

	for (int i = 0; i < len; i++) {
		if (i > 0 && (len - i) % 3 == 0)
			room[at++] = ',';
		room[at++] = digits[i];
	}
	room[at] = '\0';
	return room;
}

void gauge_count(struct buf *out, uint64_t n)
{
	buf_addstr(out, GAUGE_N(n));
}

void gauge_age(struct buf *out, int64_t seconds)
{
	static const struct {
		int64_t from, unit;
		const char *name;
	} steps[] = {
		{ 2 * 365 * 86400LL, 365 * 86400LL, "y" },
		{ 61 * 86400LL, 2629746, "mo" },
		{ 86400, 86400, "d" },
		{ 3600, 3600, "h" },
		{ 60, 60, "min" },
	};

	/* clocks differ a little; a day is more than that */
	if (seconds < -86400) {
		buf_addstr(out, "future");
		return;
	}
	for (size_t i = 0; i < ARRAY_LEN(steps); i++) {
		if (seconds >= steps[i].from) {
			buf_addf(out, "%lld %s", (long long)(seconds / steps[i].unit),
				 steps[i].name);
			return;
		}
	}
	buf_addf(out, "%lld s", (long long)MAX(seconds, (int64_t)0));
}
