#include "texts/offline_text.h"

#include "gauge.h"

int64_t offline_text_bytes(const struct levels_row *row)
{
	int64_t sum = 0;

	for (size_t i = 0; i < row->n_missing; i++)
		sum += MAX(row->missing[i].bytes, 0);
	return sum;
}

void offline_text_missing(struct buf *b, const struct levels_row *row)
{
	if (!row->n_missing)
		return;
	buf_addf(b, "%zu file%s missing", row->n_missing, row->n_missing == 1 ? "" : "s");
	if (row->unsure)
		buf_addstr(b, ", or more");
	if (offline_text_bytes(row)) {
		buf_addstr(b, row->unsure ? ", at least " : ", ");
		gauge_bytes(b, (uint64_t)offline_text_bytes(row));
	}
}

/* The line without the prefix that go gives to each of several errors; *end is where it ends. */
static const char *say_line(const char *at, const char **end)
{
	*end = at + strcspn(at, "\n");
	return str_has_prefix(at, "go: ") ? at + 4 : at;
}

void offline_text_says(struct buf *b, const char *go_says, const char *indent)
{
	const char *at = go_says, *end;

	while (*at) {
		const char *line = say_line(at, &end), *next = end, *next_end;
		size_t n = 1, len = (size_t)(end - line);

		while (*next == '\n' && next[1]) {
			const char *other = say_line(next + 1, &next_end);

			if ((size_t)(next_end - other) != len || memcmp(other, line, len) != 0)
				break;
			next = next_end;
			n++;
		}
		buf_addf(b, "%s%.*s", at == go_says ? "" : indent, (int)len, line);
		if (n > 1)
			buf_addf(b, " (%zu times)", n);
		at = next + (*next == '\n');
		if (*at)
			buf_addch(b, '\n');
	}
}

void offline_text_nothing(struct buf *b, const struct levels *l, unsigned wanted)
{
	const struct levels_row *other = NULL, *lists = NULL, *failed = NULL;

	for (unsigned k = 0; k < LEVELS_COUNT; k++)
		if (wanted & 1u << k)
			buf_addf(b, "%s%s", b->len ? ", " : "", levels_name((enum levels_level)k));
	for (size_t i = 0; i < l->n; i++) {
		const struct levels_row *row = &l->rows[i];
		bool is_wanted = wanted & 1u << row->level;

		if (is_wanted && !row->ready)
			*(row->n_missing ? &lists : &failed) = row;
		else if (!is_wanted && row->n_missing && row->level != LEVELS_QUERIES && !other)
			other = row;
	}
	buf_addstr(b, lists ? " lacks only lists of versions, which go never reads from its cache"
		      : failed ? " fails, but not for a file that is missing"
			       : " lacks no file");
	if (other)
		buf_addf(b, "; %s lacks %zu: W on its row", levels_name(other->level),
			 other->n_missing);
}

void offline_text_command(struct buf *b, const struct levels_row *row)
{
	buf_addstr(b, levels_command(row->level));
	if (*row->platform)
		buf_addf(b, " for %s", row->platform);
}

struct part *offline_text_part(const struct snapshot *s)
{
	struct part *p = snapshot_part(s, REQUEST(PART_OFFLINE));

	return p ? p : snapshot_part(s, REQUEST(PART_OFFLINE, .offline = { .glance = true }));
}

static void add_sign(struct line *l, const struct levels_row *row)
{
	line_addf(l, STYLE_QUIET, " %s ", levels_name(row->level));
	line_glyph(l, row->ready ? STYLE_GOOD : STYLE_BAD, row->ready ? GLYPH_GOOD : GLYPH_BAD);
}

/* No go command uses cached version lists, so they do not count here. */
void offline_text_sign(struct line *l, const struct levels *levels)
{
	const struct levels_row *more = NULL;

	if (!levels->n)
		return;
	for (size_t i = 1; i < levels->n; i++) {
		const struct levels_row *row = &levels->rows[i];

		if (row->level != LEVELS_QUERIES && (!more || (more->ready && !row->ready)))
			more = row;
	}
	line_add(l, STYLE_QUIET, "  offline");
	add_sign(l, &levels->rows[0]);
	if (more)
		add_sign(l, more);
}
