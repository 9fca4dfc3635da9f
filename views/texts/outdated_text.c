#include "texts/outdated_text.h"

#include <time.h>

#include "gauge.h"
#include "gofiles/gover.h"
#include "graph/retraction.h"
#include "gofiles/rfc3339.h"

enum outdated_text_state outdated_text_state(const struct outdated_row *row)
{
	if (row->info->main)
		return OUTDATED_TEXT_MAIN;
	if (!row->asked)
		return OUTDATED_TEXT_WAITING;
	if (row->info->n_retracted)
		return OUTDATED_TEXT_RETRACTED;
	if (*row->info->deprecated)
		return OUTDATED_TEXT_DEPRECATED;
	if (row->info->update)
		return OUTDATED_TEXT_BEHIND;
	if (*row->unknown)
		return OUTDATED_TEXT_UNKNOWN;
	return row->held_until ? OUTDATED_TEXT_HELD : OUTDATED_TEXT_NEWEST;
}

static const struct look {
	const char *name;
	enum glyph glyph;
	enum style_id style;
} looks[] = {
	[OUTDATED_TEXT_RETRACTED] = { "retracted", GLYPH_BAD, STYLE_BAD },
	[OUTDATED_TEXT_DEPRECATED] = { "deprecated", GLYPH_ATTENTION, STYLE_ATTENTION },
	[OUTDATED_TEXT_BEHIND] = { "outdated", GLYPH_ON, STYLE_CHANGED },
	[OUTDATED_TEXT_UNKNOWN] = { "unknown", GLYPH_UNKNOWN, STYLE_ATTENTION },
	[OUTDATED_TEXT_HELD] = { "held", GLYPH_OFF, STYLE_CHANGED },
	[OUTDATED_TEXT_WAITING] = { "asking", GLYPH_BUSY, STYLE_QUIET },
	[OUTDATED_TEXT_NEWEST] = { "newest", GLYPH_GOOD, STYLE_GOOD },
	[OUTDATED_TEXT_MAIN] = { "main", GLYPH_DOT, STYLE_QUIET },
};

const char *outdated_text_state_name(enum outdated_text_state s)
{
	return looks[s].name;
}

enum glyph outdated_text_glyph(enum outdated_text_state s)
{
	return looks[s].glyph;
}

enum style_id outdated_text_style(enum outdated_text_state s)
{
	return looks[s].style;
}

const char *outdated_text_kind(const struct outdated_row *row, const struct load_imports *imports)
{
	const struct load_import *in = imports ? map_get(&imports->modules, row->info->path) : NULL;

	if (row->info->main)
		return "main";
	if (row->tool)
		return "tool";
	if (in && in->n_packages && in->n_tests == in->n_packages)
		return "test";
	return row->info->indirect ? "indirect" : "direct";
}

size_t outdated_text_behind(const struct load_outdated *lo)
{
	size_t n = 0;

	for (size_t i = 0; i < lo->n; i++)
		n += !lo->rows[i]->info->indirect && outdated_is(lo->rows[i]);
	return n;
}

size_t outdated_text_unknown(const struct load_outdated *lo)
{
	size_t n = 0;

	for (size_t i = 0; i < lo->n; i++)
		n += *lo->rows[i]->unknown != '\0';
	return n;
}

size_t outdated_text_held(const struct load_outdated *lo)
{
	size_t n = 0;

	for (size_t i = 0; i < lo->n; i++)
		n += lo->rows[i]->held_until != 0;
	return n;
}

void outdated_text_add_behind(struct buf *b, const struct load_outdated *lo)
{
	size_t behind = outdated_text_behind(lo), direct = 0, known = 0;

	for (size_t i = 0; i < lo->n; i++) {
		const struct outdated_row *row = lo->rows[i];

		if (row->info->main || row->info->indirect)
			continue;
		direct++;
		known += row->asked && !*row->unknown;
	}
	if (direct && !known && !behind)
		buf_addstr(b, "not known how many are behind");
	else
		buf_addf(b, "%zu direct one%s behind", behind, behind == 1 ? "" : "s");
}

static bool add_one_age(struct buf *b, const char *time, int64_t now)
{
	int64_t t;

	if (!rfc3339_parse(time, &t) || t <= 0)
		return false;
	gauge_age(b, now - t);
	return true;
}

/* Of the version used: the replacement, if it has a version. */
static const struct modinfo *used(const struct outdated_row *row)
{
	const struct modinfo *m = row->info;

	return m->replace && *m->replace->version ? m->replace : m;
}

static void drop_blanks(struct buf *b, size_t from)
{
	size_t n = from;

	for (size_t i = from; i < b->len; i++)
		if (b->data[i] != ' ')
			b->data[n++] = b->data[i];
	buf_truncate(b, n);
}

void outdated_text_age(struct buf *b, const struct outdated_row *row, int64_t now,
		       const char *arrow)
{
	struct buf newer = BUF_INIT;
	size_t from = b->len;

	add_one_age(b, used(row)->time, now);
	if (row->info->update && add_one_age(&newer, row->info->update->time, now))
		buf_addf(b, "%s%s", arrow, newer.data);
	if (*arrow != ' ')
		drop_blanks(b, from);
	buf_release(&newer);
}

static void add_note(struct buf *b, const char *word, const char *text)
{
	struct arena a = ARENA_INIT;

	buf_addf(b, "%s%s", b->len ? "; " : "", word);
	text = text ? retraction_short_message(&a, text, "") : "";
	if (*text)
		buf_addf(b, ": %s", text);
	arena_release(&a);
}

static void add_versions(struct buf *b, const char *word, const char *const *list, size_t n)
{
	if (!n)
		return;
	buf_addf(b, "%s%s", b->len ? "; " : "", word);
	for (size_t i = 0; i < n; i++)
		buf_addf(b, " %s", list[i]);
}

static void add_held(struct buf *b, const char *path, const char *version, int64_t until)
{
	time_t t = (time_t)until;
	struct tm tm;

	buf_addf(b, "%s%s%s%s", b->len ? "; " : "", path, *path ? " " : "", version);
	if (until && gmtime_r(&t, &tm))
		buf_addf(b, " held back by the cooldown until %04d-%02d-%02d", tm.tm_year + 1900,
			 tm.tm_mon + 1, tm.tm_mday);
}

void outdated_text_notes(struct buf *b, const struct outdated_row *row)
{
	const struct modinfo *m = row->info;

	if (m->n_retracted)
		add_note(b, "retracted", m->retracted[0]);
	if (*m->deprecated)
		add_note(b, "deprecated", m->deprecated);
	if (m->replace) {
		buf_addf(b, "%suses %s %s", b->len ? "; " : "", m->replace->path,
			 m->replace->version);
		buf_truncate(b, b->len - !*m->replace->version);
		if (m->replace->update)
			buf_addf(b, ", newest %s", m->replace->update->version);
		if (m->replace->n_retracted)
			add_note(b, "which is retracted", m->replace->retracted[0]);
		if (*m->replace->deprecated)
			add_note(b, "which is deprecated", m->replace->deprecated);
	}
	add_versions(b, "excluded", row->excluded, row->n_excluded);
	if (*row->held)
		add_held(b, "", row->held, row->held_until);
	for (size_t i = 0; i < row->n_majors; i++)
		add_held(b, row->majors[i].path, row->majors[i].version, row->majors[i].held_until);
	if (*row->unknown)
		add_note(b, "unknown", row->unknown);
}

void outdated_text_as_of(struct buf *b, int64_t as_of, int64_t now)
{
	if (!as_of) {
		buf_addstr(b, "now");
		return;
	}
	gauge_age(b, MAX(now - as_of, 0));
	buf_addstr(b, " ago");
}

void outdated_text_newest(struct buf *b, const struct outdated_row *row, const char *project_go)
{
	const char *v = row->info->update ? row->info->update->version : "";

	buf_addstr(b, v);
	if (*v && *row->update_go && gover_compare(row->update_go, project_go) > 0)
		buf_addf(b, " go%s", row->update_go);
}

static int64_t time_of(const struct outdated_row *row)
{
	int64_t t;

	return rfc3339_parse(used(row)->time, &t) ? t : INT64_MAX;
}

int outdated_text_compare(const struct outdated_row *a, const struct outdated_row *b,
			  enum outdated_text_order o)
{
	int c = 0;

	if (o == OUTDATED_TEXT_BY_STATE)
		c = (int)outdated_text_state(a) - (int)outdated_text_state(b);
	if (o == OUTDATED_TEXT_BY_AGE)
		c = (time_of(a) > time_of(b)) - (time_of(a) < time_of(b));
	if (!c && (o == OUTDATED_TEXT_BY_KIND || o == OUTDATED_TEXT_BY_STATE))
		c = (int)a->info->indirect - (int)b->info->indirect;
	return c ? c : strcmp(a->info->path, b->info->path);
}
