#include "texts/origin_text.h"

#include <time.h>

#define SHORT_HASH 12

void origin_text_branch(struct buf *b, const struct modorigin *o)
{
	if (o->read && o->branch)
		buf_addstr(b, *o->branch ? o->branch : "none");
}

void origin_text_signed(struct buf *b, const struct modorigin *o)
{
	enum gitclone_signature s = o->tag.annotated ? o->tag.signature : o->commit_signature;

	if (o->read)
		buf_addstr(b, s ? modorigin_signature(s) : "no");
}

void origin_text_count(struct buf *b, const struct modorigin *o)
{
	if (o->compared)
		buf_addf(b, "%zu%s", o->n_commits, o->n_commits == MODORIGIN_MAX ? "+" : "");
	else if (o->read && !o->no_commits)
		buf_addch(b, '-'); /* the oldest, or the one before is not read */
}

void origin_text_day(struct doc *d, int64_t at)
{
	time_t t = (time_t)at;
	struct tm tm;

	if (at && gmtime_r(&t, &tm))
		doc_addf(d, STYLE_NORMAL, "%04d-%02d-%02d", tm.tm_year + 1900, tm.tm_mon + 1,
			 tm.tm_mday);
}

static void add_signature(struct doc *d, enum gitclone_signature s)
{
	if (s)
		doc_addf(d, STYLE_GOOD, "signed (%s, not verified)", modorigin_signature(s));
	else
		doc_add(d, STYLE_NORMAL, "not signed");
}

static void add_tag(struct doc *d, const struct modorigin *o)
{
	const char *name = str_cut_prefix(o->origin.ref, "refs/tags/");

	if (!name)
		return;
	doc_field(d, "tag");
	doc_addf(d, STYLE_NORMAL, "%s  ", name);
	if (!o->tag.found) {
		doc_add(d, STYLE_QUIET, "unknown: the clone does not have it");
	} else if (!o->tag.annotated) {
		doc_add(d, STYLE_NORMAL, "light, so it cannot be signed");
	} else {
		add_signature(d, o->tag.signature);
		doc_addf(d, STYLE_QUIET, "  by %s  ", o->tag.tagger);
		origin_text_day(d, o->tag.time);
	}
}

static void add_branch(struct doc *d, const struct modorigin *o)
{
	doc_field(d, "branch");
	if (!o->branch)
		doc_add(d, STYLE_QUIET, "unknown: the clone does not have all branches");
	else if (*o->branch)
		doc_add(d, STYLE_NORMAL, o->branch);
	else
		doc_add(d, STYLE_ATTENTION, "none has this commit");
}

void origin_text_commits(struct doc *d, const struct modorigin *o, const char *word,
			 const char *version)
{
	struct buf n = BUF_INIT;

	origin_text_count(&n, o);
	doc_field(d, "commits");
	if (!o->compared) {
		doc_addf(d, STYLE_QUIET, "unknown: %s", o->no_commits ? o->no_commits : o->why);
	} else {
		doc_addf(d, STYLE_NORMAL, "%s %s %s", n.data, word, version);
		for (size_t i = 0; i < o->n_shown; i++) {
			doc_field(d, "");
			doc_addf(d, STYLE_QUIET, "%.7s ", o->commits[i].id);
			doc_add(d, STYLE_NORMAL, o->commits[i].subject);
		}
		if (o->n_shown < o->n_commits) {
			doc_field(d, "");
			doc_addf(d, STYLE_QUIET, "and %zu more", o->n_commits - o->n_shown);
		}
	}
	buf_release(&n);
}

void origin_text_doc(struct doc *d, const struct modorigin *o, const char *since,
		     const char *fetches)
{
	doc_field(d, "commit");
	if (!*o->origin.hash) {
		doc_addf(d, STYLE_QUIET, "unknown: %s", o->why);
		return;
	}
	doc_addf(d, STYLE_NORMAL, "%.*s", SHORT_HASH, o->origin.hash);
	if (!o->read) {
		doc_addf(d, STYLE_QUIET, "   the rest is unknown: %s; %s", o->why, fetches);
		return;
	}
	doc_add(d, STYLE_NORMAL, "  ");
	origin_text_day(d, o->commit.time);
	doc_addf(d, STYLE_QUIET, "  %s  ", o->commit.author);
	add_signature(d, o->commit_signature);
	add_branch(d, o);
	add_tag(d, o);
	if (*since && (o->compared || o->no_commits))
		origin_text_commits(d, o, "since", since);
}
