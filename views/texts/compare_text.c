#include "texts/compare_text.h"

const char *compare_text_line(struct arena *a, const struct compare_line *l)
{
	const char *to = l->to.path && l->to.path[0]
				 ? arena_fmt(a, " => %s%s%s", l->to.path,
					     l->to.version[0] ? " " : "", l->to.version)
				 : "";
	const char *version = l->mod.version ? l->mod.version : "";

	switch (l->kind) {
	case COMPARE_USE: return arena_fmt(a, "use %s", l->mod.path);
	case COMPARE_REPLACE:
		return arena_fmt(a, "replace %s%s%s%s", l->mod.path, *version ? " " : "", version,
				 to);
	case COMPARE_EXCLUDE: return arena_fmt(a, "exclude %s %s", l->mod.path, version);
	default:
		return arena_fmt(a, "%s %s%s", l->mod.path, version,
				 l->indirect ? " // indirect" : "");
	}
}

const struct compare_line *compare_text_line_of(const struct compare_cause *c)
{
	return c->is ? c->is : c->was;
}

const char *compare_text_op(const struct compare_cause *c)
{
	return !c->was ? "added" : !c->is ? "removed" : "changed";
}

static const char *cause_text(struct arena *a, const struct compare_cause *c)
{
	const struct compare_line *l = compare_text_line_of(c);

	if (!l)
		return arena_fmt(a, "%s@%s asks", c->requirer.path, c->requirer.version);
	if (c->was && c->is)
		return arena_fmt(a, "%s:%d %s, was %s", l->file, l->line,
				 compare_text_line(a, c->is), compare_text_line(a, c->was));
	return arena_fmt(a, "%s:%d %s %s", l->file, l->line, compare_text_line(a, l),
			 compare_text_op(c));
}

/* The first line and the first requirement matter most. */
const char *compare_text_causes(struct arena *a, const struct compare_change *ch)
{
	const struct compare_cause *line = NULL, *requirer = NULL;
	size_t shown;

	for (size_t i = 0; i < ch->n_causes; i++) {
		const struct compare_cause *c = &ch->causes[i];

		if (compare_text_line_of(c) && !line)
			line = c;
		if (!compare_text_line_of(c) && !requirer)
			requirer = c;
	}
	if (!line && !requirer)
		return "";
	shown = (line != NULL) + (requirer != NULL);
	return arena_fmt(a, "%s%s%s%s", requirer ? cause_text(a, requirer) : "",
			 requirer && line ? "; " : "", line ? cause_text(a, line) : "",
			 ch->n_causes > shown ? arena_fmt(a, "; %zu more", ch->n_causes - shown)
					      : "");
}

const char *compare_text_requirer(struct arena *a, const struct compare_change *ch)
{
	const struct compare_cause *requirer = NULL;
	size_t more = 0;

	for (size_t i = 0; i < ch->n_causes; i++) {
		if (!compare_text_line_of(&ch->causes[i]) && !requirer)
			requirer = &ch->causes[i];
		else
			more++;
	}
	more -= more > 0; /* the line */
	if (!requirer)
		return more ? arena_fmt(a, "and %zu more", more) : "";
	return more ? arena_fmt(a, "%s; %zu more", cause_text(a, requirer), more)
		    : cause_text(a, requirer);
}

enum glyph compare_text_glyph(enum compare_kind kind)
{
	switch (kind) {
	case COMPARE_REMOVED: return GLYPH_MINUS;
	case COMPARE_ADDED: return GLYPH_PLUS;
	case COMPARE_UP: return GLYPH_UP;
	case COMPARE_DOWN: return GLYPH_DOWN;
	default: return GLYPH_LEAF;
	}
}

/* "2 removed, 1 up" */
const char *compare_text_summary(struct arena *a, const struct compare_changes *c)
{
	const char *text = "";

	for (int k = 0; k < COMPARE_KINDS; k++)
		if (c->count[k])
			text = arena_fmt(a, "%s%s%zu %s", text, *text ? ", " : "", c->count[k],
					 compare_kind_name((enum compare_kind)k));
	return *text ? text : "no difference";
}
