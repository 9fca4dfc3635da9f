#include "commands/origin_report.h"

#include "commands/modcompare_report.h"

static void set_commit(json_t *o, const struct modorigin *m)
{
	report_set_time(o, "Time", m->commit.time);
	report_set_text(o, "Author", m->commit.author);
	report_set_text(o, "Subject", m->commit.subject);
	report_set_text(o, "Signature", modorigin_signature(m->commit_signature));
	if (m->branch)
		report_set_str(o, "Branch", m->branch);
}

static void set_tag(json_t *o, const struct gitclone_tag *t)
{
	json_t *tag = json_object();

	json_object_set_new(tag, "Annotated", json_boolean(t->annotated));
	report_set_text(tag, "Tagger", t->tagger);
	report_set_time(tag, "Time", t->time);
	report_set_text(tag, "Signature", modorigin_signature(t->signature));
	json_object_set_new(o, "Tag", tag);
}

void origin_report(json_t *o, const struct modorigin *m)
{
	json_t *origin = json_object();

	report_set_text(origin, "VCS", m->origin.vcs);
	report_set_text(origin, "URL", m->origin.url);
	report_set_text(origin, "Subdir", m->origin.subdir);
	report_set_text(origin, "Hash", m->origin.hash);
	report_set_text(origin, "Ref", m->origin.ref);
	if (m->read)
		set_commit(origin, m);
	if (m->tag.found)
		set_tag(origin, &m->tag);
	report_set_text(origin, "Unknown", m->why);
	json_object_set_new(o, "Origin", origin);
}

void origin_report_since(json_t *o, const struct modorigin *m)
{
	if (m->compared)
		report_set_int(o, "CommitCount", (long long)m->n_commits);
	if (m->compared || m->no_commits)
		modcompare_report_commits(o, m->commits, m->n_shown, m->no_commits);
}
