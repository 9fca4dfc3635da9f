/* Changes of the cache and their undo: complete, interrupted at any step, undone twice, and with a hostile journal. */
#include "tmpdir.h"

#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <sys/file.h>

#include "base/activity.h"
#include "change/apply.h"
#include "change/content.h"
#include "change/execute.h"
#include "change/undo.h"

#define ROOT tmp_path("root")
#define OWN tmp_path("own")

static struct apply *begin(const char *title)
{
	struct err e = ERR_INIT;
	struct apply *t = apply_begin(ROOT, OWN, title, NULL, &e);

	if (!t)
		fail_msg("%s", e.text);
	return t;
}

static void fresh(void)
{
	assert_true(fs_remove_all(ROOT, NULL));
	assert_true(fs_remove_all(OWN, NULL));
	tmp_write("root/a/file", "old");
	tmp_write("root/a/other", "other");
	tmp_write("root/tree/sub/x", "x");
	assert_int_equal(chmod(tmp_path("root/tree/sub/x"), 0444), 0);
	assert_int_equal(chmod(tmp_path("root/tree/sub"), 0555), 0);
	assert_int_equal(chmod(tmp_path("root/tree"), 0555), 0);
	assert_int_equal(symlink("a/file", tmp_path("root/link")), 0);
}

/* Takes up to `most` steps, one of each kind: files, a read-only tree, a link, a new path, and one path twice. */
static size_t steps(struct apply *t, size_t most)
{
	struct err e = ERR_INIT;
	const char *tmp, *tree;
	size_t n = 0;
	bool ok = true;

	if (n < most && ++n)
		ok = apply_temp(t, "new", 3, &tmp, &e) &&
		     apply_replace(t, tmp_path("root/a/file"), tmp, &e);
	if (ok && n < most && ++n)
		ok = apply_temp_copy(t, tmp_path("root/a/other"), &tmp, &e) &&
		     apply_replace(t, tmp_path("root/made/here"), tmp, &e);
	if (ok && n < most && ++n)
		ok = apply_chmod(t, tmp_path("root/a/other"), 0600, &e);
	if (ok && n < most && ++n)
		ok = apply_remove(t, tmp_path("root/link"), &e);
	if (ok && n < most && ++n) {
		tree = apply_temp_tree(t);
		ok = fs_mkdir_all(arena_fmt(&tmp_arena, "%s/deep", tree), &e) &&
		     chmod(tree, 0555) == 0 && apply_replace(t, tmp_path("root/tree"), tree, &e);
	}
	if (ok && n < most && ++n)
		ok = apply_temp(t, "newest", 6, &tmp, &e) &&
		     apply_replace(t, tmp_path("root/a/file"), tmp, &e);
	if (ok && n < most && ++n)
		ok = apply_remove(t, tmp_path("root/a"), &e);
	if (!ok)
		fail_msg("%s", e.text);
	return n;
}
#define ALL_STEPS 7u

/* Undoes by a plan, as `modscope undo` does. */
static bool undo_logged(const char *id, struct activity *log, struct err *e)
{
	struct execute_result *results;
	struct plan p;
	size_t n;
	bool ok = undo_plan(&p, ROOT, OWN, id, e);

	if (ok) {
		execute_plan(&tmp_arena, &p,
			     &(struct execute_options){
				     .root = ROOT, .own_cache = OWN, .log = log },
			     &results, &n);
		assert_int_equal(n, 1);
		ok = !*results[0].error || err_set(e, ERR_SYS, "%s", results[0].error);
		assert_int_equal(ok, results[0].outcome == EXECUTE_CHANGED ||
					     results[0].outcome == EXECUTE_NOTHING);
	}
	plan_release(&p);
	return ok;
}

static bool undo(const char *id, struct err *e)
{
	return undo_logged(id, NULL, e);
}

static void test_apply_and_undo(void **state)
{
	struct apply_record *records;
	struct err e = ERR_INIT;
	const char *before, *after, *id;
	struct apply *t;
	size_t n;

	(void)state;
	fresh();
	before = tmp_tree("root");
	t = begin("a change");
	id = arena_strdup(&tmp_arena, apply_id(t));
	assert_int_equal(steps(t, ALL_STEPS), ALL_STEPS);
	assert_int_equal(apply_steps(t), ALL_STEPS);
	assert_true(apply_end(t, &e));
	after = tmp_tree("root");
	assert_string_not_equal(after, before);
	assert_string_equal(tmp_read("root/made/here"), "other");
	assert_false(fs_exists(tmp_path("root/a")));
	assert_true(fs_is_dir(tmp_path("root/tree/deep")));

	assert_true(apply_history(&tmp_arena, ROOT, OWN, &records, &n, &e));
	assert_int_equal(n, 1);
	assert_string_equal(records[0].id, id);
	assert_string_equal(records[0].title, "a change");
	assert_true(records[0].done && !records[0].undone);
	assert_int_equal(records[0].n_changes, ALL_STEPS);
	assert_string_equal(records[0].changes[0].op, "replace");
	assert_string_equal(records[0].changes[0].path, tmp_path("root/a/file"));
	assert_true(fs_exists(records[0].changes[0].kept));
	assert_string_equal(records[0].changes[1].kept, "");
	assert_string_equal(records[0].changes[2].op, "chmod");
	assert_true(records[0].bytes > 0);

	assert_true(undo(id, &e));
	/* the directory created for the new file remains, empty */
	assert_int_equal(rmdir(tmp_path("root/made")), 0);
	assert_string_equal(tmp_tree("root"), before);
	assert_false(undo(id, &e));
	assert_int_equal(e.code, ERR_USAGE);
	err_clear(&e);
	assert_true(apply_forget(ROOT, OWN, id, &e));
	assert_true(apply_history(&tmp_arena, ROOT, OWN, &records, &n, &e));
	assert_int_equal(n, 0);
}

/* It is told, not undone, and can be forgotten; one that was never begun is nothing. */
static void test_damaged(void **state)
{
	const char *id = "20200101-000000-000";
	struct apply_record *records;
	struct err e = ERR_INIT;
	size_t n;

	(void)state;
	fresh();
	tmp_mkdir("own/quarantine/20200101-000000-001");
	tmp_write("own/quarantine/20200101-000000-002/journal", "");
	assert_true(apply_history(&tmp_arena, ROOT, OWN, &records, &n, &e));
	assert_int_equal(n, 0);
	tmp_write("own/quarantine/20200101-000000-000/journal", "{\"schema\":\"other\"}\n");
	assert_true(apply_history(&tmp_arena, ROOT, OWN, &records, &n, &e));
	assert_int_equal(n, 1);
	assert_true(records[0].unread && !records[0].done && !records[0].undone);
	assert_string_equal(records[0].title,
			    arena_fmt(&tmp_arena, "%s/%s/journal: it is not a journal",
				      tmp_path("own/quarantine"), id));
	assert_false(undo(id, &e));
	assert_string_equal(e.text, records[0].title);
	err_clear(&e);
	assert_true(apply_forget(records[0].root, records[0].shelf, id, &e));
	assert_true(apply_history(&tmp_arena, ROOT, OWN, &records, &n, &e));
	assert_int_equal(n, 0);
}

/* What the plan to undo a change says of others' journals. */
static const char *note_for(const char *id)
{
	struct err e = ERR_INIT;
	const char *note;
	struct plan p;

	if (!undo_plan(&p, ROOT, OWN, id, &e))
		fail_msg("%s", e.text);
	note = arena_strdup(&tmp_arena, p.note);
	plan_release(&p);
	return note;
}

/* Undo says that it does not know what another change did, and where that may be. */
static void test_unknown_others(void **state)
{
	const char *other = "20200101-000000-000", *id;
	struct err e = ERR_INIT;
	struct apply *t;

	(void)state;
	fresh();
	t = begin("a change");
	id = arena_strdup(&tmp_arena, apply_id(t));
	assert_int_equal(steps(t, 1), 1);
	assert_string_equal(apply_unread(t), "");
	assert_true(apply_end(t, &e));
	tmp_mkdir("own/quarantine/20200101-000000-001");
	tmp_write("own/quarantine/20200101-000000-002/journal", "");
	assert_string_equal(note_for(id), "");
	tmp_write("own/quarantine/20200101-000000-000/journal", "{\"schema\":\"other\"}\n");
	assert_string_equal(
		note_for(id),
		arena_fmt(
			&tmp_arena,
			"%s/%s/journal: it is not a journal: whether that changed the same files later is not known",
			tmp_path("own/quarantine"), other));
	tmp_mkdir("root/cache/modscope");
	assert_int_equal(symlink("quarantine", tmp_path("root/cache/modscope/quarantine")), 0);
	assert_true(apply_forget(ROOT, OWN, other, &e));
	assert_string_equal(
		note_for(id),
		arena_fmt(
			&tmp_arena,
			"open %s: too many levels of symbolic links: whether that changed the same files later is not known",
			tmp_path("root/cache/modscope/quarantine")));
	assert_true(undo(id, &e));
	assert_string_equal(tmp_read("root/a/file"), "old");
}

static const char *journal_of(const char *id)
{
	return arena_fmt(&tmp_arena, "own/quarantine/%s/journal", id);
}

/* Killed after each step, with and without a torn last line. */
static void test_cut_short(void **state)
{
	struct err e = ERR_INIT;

	(void)state;
	for (unsigned most = 1; most <= ALL_STEPS; most++) {
		const char *before, *id, *journal;
		struct apply_record *records;
		struct apply *t;
		size_t n;

		fresh();
		before = tmp_tree("root");
		t = begin("cut");
		id = arena_strdup(&tmp_arena, apply_id(t));
		steps(t, most);
		apply_abandon(t);
		journal = journal_of(id);
		if (most % 2)
			tmp_write(journal, arena_fmt(&tmp_arena, "%s{\"op\":\"remove\",\"pa",
						     tmp_read(journal)));
		assert_true(apply_history(&tmp_arena, ROOT, OWN, &records, &n, &e));
		assert_int_equal(n, 1);
		assert_false(records[0].done);
		assert_int_equal(records[0].n_changes, most);
		if (!undo(id, &e))
			fail_msg("%s", e.text);
		rmdir(tmp_path("root/made"));
		assert_string_equal(tmp_tree("root"), before);
	}
}

/* The journal without its last n lines, as a kill just before they are written leaves it. */
static const char *without_lines(const char *text, unsigned n)
{
	size_t len = strlen(text);

	while (n--)
		for (len--; len && text[len - 1] != '\n'; len--)
			;
	return arena_strndup(&tmp_arena, text, len);
}

/* An undo is killed after each of its moves, before it records the move, and is run again. */
static void test_undo_cut_short(void **state)
{
	struct err e = ERR_INIT;

	(void)state;
	for (unsigned n_back = 1; n_back <= ALL_STEPS; n_back++) {
		const char *before, *id, *journal;
		struct apply *t;
		bool touched;

		fresh();
		before = tmp_tree("root");
		t = begin("cut");
		id = arena_strdup(&tmp_arena, apply_id(t));
		steps(t, ALL_STEPS);
		assert_true(apply_end(t, &e));
		t = apply_reopen(ROOT, OWN, id, true, NULL, &e);
		assert_non_null(t);
		for (unsigned i = 0; i < n_back; i++)
			assert_true(apply_restore(t, ALL_STEPS - 1 - i, &touched, &e));
		apply_abandon(t);
		journal = journal_of(id);
		tmp_write(journal, without_lines(tmp_read(journal), 1));
		if (!undo(id, &e))
			fail_msg("%s", e.text);
		rmdir(tmp_path("root/made"));
		assert_string_equal(tmp_tree("root"), before);
	}
}

/* Killed between the journal's line and its step: undo finds the old state and leaves it alone. */
static void test_line_without_step(void **state)
{
	struct err e = ERR_INIT;

	(void)state;
	for (unsigned most = 1; most < ALL_STEPS; most++) {
		const char *before, *id, *text;
		struct apply *t;

		fresh();
		t = begin("begun");
		id = arena_strdup(&tmp_arena, apply_id(t));
		steps(t, most + 1);
		text = tmp_read(journal_of(id));
		apply_abandon(t);
		fresh();
		before = tmp_tree("root");
		t = begin("not begun");
		id = arena_strdup(&tmp_arena, apply_id(t));
		steps(t, most);
		apply_abandon(t);
		tmp_write(journal_of(id), text);
		if (!undo(id, &e))
			fail_msg("%s", e.text);
		rmdir(tmp_path("root/made"));
		assert_string_equal(tmp_tree("root"), before);
	}
}

/* Reports what the quarantine has lost, and restores everything else. */
static void test_lost_file(void **state)
{
	struct err e = ERR_INIT;
	struct apply_record *records;
	const char *id, *tmp;
	struct apply *t;
	size_t n;

	(void)state;
	fresh();
	t = begin("lossy");
	id = arena_strdup(&tmp_arena, apply_id(t));
	assert_true(apply_remove(t, tmp_path("root/a/other"), &e));
	assert_true(apply_temp(t, "new", 3, &tmp, &e));
	assert_true(apply_replace(t, tmp_path("root/a/file"), tmp, &e));
	assert_true(apply_end(t, &e));
	assert_true(apply_history(&tmp_arena, ROOT, OWN, &records, &n, &e));
	assert_int_equal(unlink(records[0].changes[1].kept), 0);
	assert_false(undo(id, &e));
	tmp_assert_err(&e, ERR_SYS, "%s/root/a/file: the old file is no longer in the quarantine");
	assert_string_equal(tmp_read("root/a/other"), "other");
	assert_string_equal(tmp_read("root/a/file"), "new");
}

static void test_nothing_done(void **state)
{
	struct apply_record *records;
	struct err e = ERR_INIT;
	struct apply *t;
	const char *tmp;
	size_t n;

	(void)state;
	fresh();
	t = begin("nothing");
	assert_true(apply_temp(t, "x", 1, &tmp, &e));
	assert_true(apply_remove(t, tmp_path("root/never/was"), &e));
	assert_false(apply_chmod(t, tmp_path("root/never"), 0600, &e));
	tmp_assert_err(&e, ERR_NOT_FOUND, "lstat %s/root/never: no such file or directory");
	assert_false(apply_chmod(t, tmp_path("root/link"), 0600, &e));
	tmp_assert_err(&e, ERR_SYS, "chmod %s/root/link: it is a symbolic link");
	assert_false(apply_temp_copy(t, tmp_path("root/none"), &tmp, &e));
	tmp_assert_err(&e, ERR_NOT_FOUND, "open %s/root/none: no such file or directory");
	assert_int_equal(apply_steps(t), 0);
	assert_true(apply_end(t, &e));
	assert_true(apply_history(&tmp_arena, ROOT, OWN, &records, &n, &e));
	assert_int_equal(n, 0);
	/* except the last id */
	assert_non_null(tmp_read("own/quarantine/last"));
	assert_int_equal(unlink(tmp_path("own/quarantine/last")), 0);
	assert_string_equal(tmp_tree("own/quarantine"), "");
}

/* A journal that names paths outside the cache, or is not a journal, moves nothing. */
static void test_hostile_journals(void **state)
{
	static const char head[] =
		"{\"schema\":\"modscope.quarantine/2\",\"title\":\"t\",\"time\":1}\n";
	const char *const lines[] = {
		arena_fmt(&tmp_arena, "replace\",\"path\":\"%s/outside\"", tmp_dir),
		arena_fmt(&tmp_arena, "replace\",\"path\":\"%s/root/../outside\"", tmp_dir),
		arena_fmt(&tmp_arena, "chmod\",\"path\":\"%s/rootless\"", tmp_dir),
		arena_fmt(&tmp_arena,
			  "remove\",\"path\":\"%s/root/a/file\",\"lock\":\"%s/outside\"", tmp_dir,
			  tmp_dir),
	};
	static const char rest[] = ",\"kept\":\"0001\",\"mode\":0,\"had\":false}\n";
	struct err e = ERR_INIT;
	const char *before;

	(void)state;
	fresh();
	tmp_write("outside", "stays");
	before = tmp_tree("root");
	for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
		/* nor is the good step that follows undone */
		tmp_write(
			journal_of("20260102-030405-678"),
			arena_fmt(
				&tmp_arena,
				"%s{\"op\":\"%s%s{\"op\":\"replace\",\"path\":\"%s/root/a/other\"%s",
				head, lines[i], rest, tmp_dir, rest));
		assert_false(undo("20260102-030405-678", &e));
		assert_int_equal(e.code, ERR_SYNTAX);
		err_clear(&e);
		assert_string_equal(tmp_tree("root"), before);
		assert_string_equal(tmp_read("outside"), "stays");
	}
	/* a kept name must be a number, so that it cannot lead elsewhere */
	tmp_write(
		journal_of("20260102-030405-678"),
		arena_fmt(
			&tmp_arena,
			"%s{\"op\":\"remove\",\"path\":\"%s/root/b\",\"kept\":\"../../../outside\",\"had\":true}\n",
			head, tmp_dir));
	assert_true(undo("20260102-030405-678", &e));
	assert_string_equal(tmp_read("outside"), "stays");
	assert_false(fs_exists(tmp_path("root/b")));
	tmp_write(journal_of("20260102-030405-679"), "[]\n");
	assert_false(undo("20260102-030405-679", &e));
	assert_int_equal(e.code, ERR_SYNTAX);
	err_clear(&e);
	assert_false(undo("../quarantine/20260102-030405-679", &e));
	assert_int_equal(e.code, ERR_NOT_FOUND);
	err_clear(&e);
	assert_false(apply_forget(ROOT, OWN, "..", &e));
	assert_int_equal(e.code, ERR_NOT_FOUND);
	err_clear(&e);
	assert_false(apply_forget(ROOT, OWN, "", &e));
	err_clear(&e);
	assert_string_equal(tmp_read("outside"), "stays");
}

#define BY_HAND "20260102-030405-678"

static const char *quarantined(const char *name)
{
	return arena_fmt(&tmp_arena, "own/quarantine/" BY_HAND "/%s", name);
}

/* A member of a line: what is at a path now. */
static const char *content_at(const char *key, const char *name)
{
	struct content c;

	content_of(&c, tmp_path(name));
	return arena_fmt(&tmp_arena, ",\"%s\":\"%s\",\"%s-modes\":%lld", key, c.bytes, key,
			 (long long)c.modes);
}

/* One step as in a journal; more: members that begin with a comma. */
static const char *line_of(const char *op, const char *name, const char *kept, bool had,
			   const char *more)
{
	return arena_fmt(&tmp_arena,
			 "{\"op\":\"%s\",\"path\":\"%s\",\"kept\":\"%s\",\"had\":%s%s}\n", op,
			 tmp_path(name), kept, had ? "true" : "false", more);
}

static void write_journal(const char *lines)
{
	tmp_write(journal_of(BY_HAND),
		  arena_fmt(&tmp_arena,
			    "{\"schema\":\"modscope.quarantine/2\",\"title\":\"t\",\"time\":1}\n%s",
			    lines));
}

static bool undo_lines(const char *lines, struct err *e)
{
	write_journal(lines);
	return undo(BY_HAND, e);
}

static void undo_lines_well(const char *lines)
{
	struct err e = ERR_INIT;

	if (!undo_lines(lines, &e))
		fail_msg("%s", e.text);
}

static unsigned mode_at(const char *name)
{
	struct stat st;

	assert_int_equal(lstat(tmp_path(name), &st), 0);
	return st.st_mode & 07777;
}

/* A mode is set back on what it was set on, and on nothing else. */
static void test_modes_back(void **state)
{
	const char *set = ",\"mode\":384,\"set\":420", *old; /* 0600, 0644 */

	(void)state;
	fresh();
	old = content_at("old", "root/a/file");
	undo_lines_well(line_of("chmod", "root/a/file/x", "", true, set));
	assert_string_equal(tmp_read("root/a/file"), "old");
	/* a third mode */
	assert_int_equal(chmod(tmp_path("root/a/file"), 0640), 0);
	undo_lines_well(
		line_of("chmod", "root/a/file", "", true, arena_fmt(&tmp_arena, "%s%s", set, old)));
	assert_int_equal(mode_at("root/a/file"), 0640);
	/* another file */
	tmp_write("root/a/file", "another");
	assert_int_equal(chmod(tmp_path("root/a/file"), 0644), 0);
	undo_lines_well(
		line_of("chmod", "root/a/file", "", true, arena_fmt(&tmp_arena, "%s%s", set, old)));
	assert_int_equal(mode_at("root/a/file"), 0644);
	/* the same, or perhaps the same */
	undo_lines_well(line_of("chmod", "root/a/file", "", true, set));
	assert_int_equal(mode_at("root/a/file"), 0600);
	tmp_write("root/a/file", "old");
	assert_int_equal(chmod(tmp_path("root/a/file"), 0644), 0);
	undo_lines_well(
		line_of("chmod", "root/a/file", "", true, arena_fmt(&tmp_arena, "%s%s", set, old)));
	assert_int_equal(mode_at("root/a/file"), 0600);
	/* a directory has other files by now, and is the same */
	fresh();
	assert_int_equal(chmod(tmp_path("root/a"), 0755), 0);
	old = content_at("old", "root/a");
	tmp_write("root/a/more", "more");
	undo_lines_well(line_of("chmod", "root/a", "", true,
				arena_fmt(&tmp_arena, ",\"mode\":448,\"set\":493%s", old)));
	assert_int_equal(mode_at("root/a"), 0700);
	/* a link in its place has no mode */
	undo_lines_well(line_of("chmod", "root/link", "", true, set));
	assert_string_equal(tmp_read("root/a/file"), "old");
	assert_int_equal(mode_at("root/a/file"), 0644);
}

/* A removal or an exchange was cut short: what marks the place, and copies beside it, go. */
static void test_marks_go(void **state)
{
	static const char *const left[] = { "root/mark", "root/a/file.tmp-000/x",
					    "root/a/file000.tmp" };
	const char *mark = arena_fmt(&tmp_arena, ",\"mark\":\"%s\"", tmp_path("root/mark"));
	struct err e = ERR_INIT;

	(void)state;
	for (size_t i = 0; i < 2 * ARRAY_LEN(left); i++) {
		bool had = i % 2;

		fresh();
		tmp_write(left[i / 2], "x");
		if (!had)
			assert_int_equal(unlink(tmp_path("root/a/file")), 0);
		undo_lines_well(line_of("replace", "root/a/file", "0001", had,
					arena_fmt(&tmp_arena, "%s,\"mode\":420%s", mark,
						  had ? content_at("old", "root/a/file") : "")));
		assert_int_equal(fs_exists(tmp_path("root/a/file")), had);
		if (had)
			assert_string_equal(tmp_read("root/a/file"), "old");
		assert_false(fs_exists(tmp_path("root/mark")));
		assert_false(fs_exists(tmp_path("root/a/file.tmp-000")));
		assert_false(fs_exists(tmp_path("root/a/file000.tmp")));
	}
	fresh();
	tmp_mkdir("root/mark");
	assert_false(undo_lines(line_of("replace", "root/a/none", "0001", false, mark), &e));
	tmp_assert_err(&e, ERR_SYS, "remove %s/root/mark: is a directory");
	/* an edited file with a mark has not been edited by people */
	fresh();
	tmp_write("root/mark", "");
	tmp_write(quarantined("0001"), "before");
	undo_lines_well(line_of("edit", "root/a/file", "0001", true,
				arena_fmt(&tmp_arena, "%s,\"mode\":420%s%s", mark,
					  content_at("old", quarantined("0001")),
					  content_at("new", "root/a/other"))));
	assert_string_equal(tmp_read("root/a/file"), "before");
	assert_false(fs_exists(tmp_path("root/mark")));
	tmp_write("root/mark", "stays");
	tmp_write("outside", "stays");
	assert_false(
		undo_lines(line_of("replace", "root/a/file", "0001", false,
				   arena_fmt(&tmp_arena, ",\"mark\":\"%s\"", tmp_path("outside"))),
			   &e));
	assert_int_equal(e.code, ERR_SYNTAX);
	err_clear(&e);
	assert_string_equal(tmp_read("outside"), "stays");
}

/* What was there could not be read when it was replaced: whatever is not the new file is the old one. */
static void test_unread_old(void **state)
{
	const char *new;
	struct err e = ERR_INIT;

	(void)state;
	fresh();
	new = content_at("new", "root/a/file");
	assert_false(undo_lines(line_of("replace", "root/a/file", "0001", true, new), &e));
	tmp_assert_err(&e, ERR_SYS, "%s/root/a/file: the old file is no longer in the quarantine");
	tmp_write("root/a/file", "came back");
	undo_lines_well(line_of("replace", "root/a/file", "0001", true,
				arena_fmt(&tmp_arena, "%s,\"mode\":420", new)));
	assert_string_equal(tmp_read("root/a/file"), "came back");
	tmp_write("root/a/file", "old"); /* is what the step wrote */
	tmp_write(quarantined("0001"), "kept");
	undo_lines_well(line_of("replace", "root/a/file", "0001", true,
				arena_fmt(&tmp_arena, "%s,\"mode\":420", new)));
	assert_string_equal(tmp_read("root/a/file"), "kept");
	/* where names cannot be exchanged it has a second name */
	fresh();
	tmp_write(quarantined("0001"), "old");
	tmp_write(quarantined("0001.old"), "kept");
	undo_lines_well(line_of("replace", "root/a/file", "0001", true,
				arena_fmt(&tmp_arena, "%s,\"mode\":420", new)));
	assert_string_equal(tmp_read("root/a/file"), "kept");
}

/* A removal that was killed has only changed modes in the tree; or it was put back beside a whole copy. */
static void test_trees_back(void **state)
{
	struct err e = ERR_INIT;
	const char *line;

	(void)state;
	fresh();
	line = line_of("remove", "root/a", "0001", true,
		       arena_fmt(&tmp_arena, ",\"mode\":448%s", content_at("old", "root/a")));
	assert_int_equal(chmod(tmp_path("root/a/file"), 0600), 0);
	undo_lines_well(line);
	assert_string_equal(tmp_read("root/a/file"), "old");
	assert_int_equal(mode_at("root/a/file"), 0600);
	assert_int_equal(mode_at("root/a"), 0700);
	tmp_write(quarantined("0001/file"), "kept");
	undo_lines_well(line);
	assert_string_equal(tmp_read("root/a/file"), "kept");
	/* what is there now is neither the new file nor the old one, which is kept */
	fresh();
	tmp_write(quarantined("0001"), "kept");
	undo_lines_well(line_of("replace", "root/a/file", "0001", true,
				arena_fmt(&tmp_arena, ",\"mode\":420%s",
					  content_at("new", "root/a/other"))));
	assert_string_equal(tmp_read("root/a/file"), "kept");
	/* its directory is a file by now */
	fresh();
	tmp_write(quarantined("0001"), "kept");
	assert_false(undo_lines(line_of("remove", "root/a/file/x", "0001", true, ""), &e));
	tmp_assert_err(&e, ERR_SYS, "mkdir %s/root/a/file: not a directory");
	assert_string_equal(tmp_read(quarantined("0001")), "kept");
}

/* A file that was made is kept under a free name. */
static void test_free_names(void **state)
{
	const char *line;

	(void)state;
	fresh();
	tmp_write(quarantined("0001"), "a");
	tmp_write(quarantined("0001.new"), "b");
	tmp_write(quarantined("0001.new1"), "c");
	line = line_of("replace", "root/a/file", "0001", false, content_at("new", "root/a/file"));
	undo_lines_well(line);
	assert_false(fs_exists(tmp_path("root/a/file")));
	assert_string_equal(tmp_read(quarantined("0001")), "a");
	assert_string_equal(tmp_read(quarantined("0001.new")), "b");
	assert_string_equal(tmp_read(quarantined("0001.new1")), "c");
	assert_string_equal(tmp_read(quarantined("0001.new2")), "old");
	/* the new file is not in its place yet: what others put there is not ours */
	fresh();
	tmp_write(quarantined("0001"), "old");
	tmp_write("root/a/file", "of others");
	undo_lines_well(line);
	assert_string_equal(tmp_read("root/a/file"), "of others");
}

/* Steps that are back are not taken back again; a number that no step has says nothing. */
static void test_back_lines(void **state)
{
	const char *line;

	(void)state;
	fresh();
	line = line_of("replace", "root/a/file", "0001", false, content_at("new", "root/a/file"));
	undo_lines_well(arena_fmt(&tmp_arena, "%s{\"op\":\"back\",\"step\":0}\n", line));
	assert_string_equal(tmp_read("root/a/file"), "old");
	undo_lines_well(arena_fmt(&tmp_arena, "%s{\"op\":\"back\",\"step\":1}\n", line));
	assert_false(fs_exists(tmp_path("root/a/file")));
}

/* What a later step did above or below is not undone: nor is the earlier one, but chmod is none of those. */
static void test_left_over(void **state)
{
	static const struct {
		const char *op, *path;
		bool refused;
	} cases[] = {
		{ "remove", "root/a", true },
		{ "remove", "root/a/file/below", true },
		{ "remove", "root/b", false },
	};
	struct err e = ERR_INIT;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const char *first;

		fresh();
		first = line_of("replace", "root/a/file", "0001", false,
				content_at("new", "root/a/file"));
		assert_false(undo_lines(arena_fmt(&tmp_arena, "%s%s", first,
						  line_of(cases[i].op, cases[i].path, "0002", true,
							  ",\"old\":\"0123\"")),
					&e));
		if (!strstr(e.text, "the old file is no longer in the quarantine"))
			fail_msg("%s", e.text);
		err_clear(&e);
		assert_int_equal(fs_exists(tmp_path("root/a/file")), cases[i].refused);
	}
}

/* The changes of a cache without a directory of ours; a kept name that leads elsewhere is not shown. */
static void test_history_by_hand(void **state)
{
	struct apply_record *records;
	struct err e = ERR_INIT;
	size_t n;

	(void)state;
	fresh();
	write_journal(arena_fmt(&tmp_arena, "%s%s%s",
				line_of("remove", "root/x", "../../x", true, ""),
				line_of("remove", "root/y", "0002", true, ""),
				line_of("remove", "root/z", "0003", true, "")));
	tmp_write(quarantined("0002.old"), "y");
	assert_true(apply_history(&tmp_arena, ROOT, OWN, &records, &n, &e));
	assert_int_equal(n, 1);
	assert_int_equal(records[0].n_changes, 3);
	assert_string_equal(records[0].changes[0].kept, "");
	assert_string_equal(records[0].changes[1].kept, tmp_path(quarantined("0002.old")));
	assert_string_equal(records[0].changes[2].kept, tmp_path(quarantined("0003")));
	assert_string_equal(records[0].shelf, OWN);
	tmp_mkdir("root/cache/modscope");
	assert_int_equal(rename(tmp_path("own/quarantine"),
				tmp_path("root/cache/modscope/quarantine")),
			 0);
	assert_true(apply_history(&tmp_arena, ROOT, NULL, &records, &n, &e));
	assert_int_equal(n, 1);
	assert_string_equal(records[0].shelf, "");
	assert_string_equal(records[0].root, ROOT);
	assert_false(apply_forget(ROOT, NULL, "20260102-030405-679", &e));
	assert_int_equal(e.code, ERR_NOT_FOUND);
	err_clear(&e);
	assert_true(apply_forget(ROOT, NULL, BY_HAND, &e));
	assert_true(apply_history(&tmp_arena, ROOT, NULL, &records, &n, &e));
	assert_int_equal(n, 0);
	assert_int_equal(symlink("quarantine", tmp_path("own/quarantine")), 0);
	assert_false(apply_history(&tmp_arena, ROOT, OWN, &records, &n, &e));
	assert_non_null(strstr(e.text, tmp_path("own/quarantine")));
	err_release(&e);
}

static void *lock_and_leave(void *arg)
{
	struct apply *t = arg;
	struct err e = ERR_INIT;

	if (!apply_lock(t, tmp_path("root/cache/lock"), NULL, &e))
		return e.text;
	return NULL;
}

/* The lock is flock's, as go's is; a waiter gets it once it is free, or can be cancelled. */
static void test_locks(void **state)
{
	struct cancel cancel = { true };
	struct err e = ERR_INIT;
	struct apply *t;
	pthread_t thread;
	void *failure;
	int fd;

	(void)state;
	fresh();
	t = begin("locks");
	tmp_write("root/cache/lock", "");
	fd = open(tmp_path("root/cache/lock"), O_RDWR | O_CLOEXEC);
	assert_int_equal(flock(fd, LOCK_EX), 0);
	assert_false(apply_lock(t, tmp_path("root/cache/lock"), &cancel, &e));
	tmp_assert_err(&e, ERR_CANCELLED, "cancelled while waiting for %s/root/cache/lock");
	assert_int_equal(pthread_create(&thread, NULL, lock_and_leave, t), 0);
	sched_yield();
	close(fd);
	pthread_join(thread, &failure);
	assert_null(failure);
	fd = open(tmp_path("root/cache/lock"), O_RDWR | O_CLOEXEC);
	assert_int_equal(flock(fd, LOCK_EX | LOCK_NB), -1);
	apply_unlock(t);
	assert_int_equal(flock(fd, LOCK_EX | LOCK_NB), 0);
	close(fd);
	/* a symbolic link in place of the lock is not followed */
	assert_int_equal(symlink("../../outside-lock", tmp_path("root/cache/trap")), 0);
	assert_false(apply_lock(t, tmp_path("root/cache/trap"), NULL, &e));
	tmp_assert_err(&e, ERR_SYS, "open %s/root/cache/trap: too many levels of symbolic links");
	assert_false(fs_exists(tmp_path("outside-lock")));
	assert_true(apply_end(t, &e));
}

/* While a change is running, nobody else can undo or forget it; once killed, it can be undone. */
static void test_one_writer(void **state)
{
	struct apply_record *records;
	struct err e = ERR_INIT;
	const char *before, *id;
	struct apply *t;
	size_t n;

	(void)state;
	fresh();
	before = tmp_tree("root");
	t = begin("at work");
	id = arena_strdup(&tmp_arena, apply_id(t));
	assert_int_equal(steps(t, 2), 2);
	assert_true(apply_history(&tmp_arena, ROOT, OWN, &records, &n, &e));
	assert_true(n == 1 && records[0].running && !records[0].done);
	assert_false(undo(id, &e));
	assert_int_equal(e.code, ERR_REFUSED);
	err_clear(&e);
	assert_false(apply_forget(ROOT, OWN, id, &e));
	assert_int_equal(e.code, ERR_REFUSED);
	err_clear(&e);
	assert_true(fs_exists(tmp_path("root/made/here")));
	apply_abandon(t);
	assert_true(apply_history(&tmp_arena, ROOT, OWN, &records, &n, &e));
	assert_true(n == 1 && !records[0].running);
	assert_true(undo(id, &e));
	rmdir(tmp_path("root/made"));
	assert_string_equal(tmp_tree("root"), before);
}

/* Ids are unique and ascending, whatever the clock says and whatever is forgotten. */
static void test_ids(void **state)
{
	const char *last = "";
	struct err e = ERR_INIT;
	struct apply *t;

	(void)state;
	fresh();
	for (unsigned i = 0; i < 240; i++) {
		t = begin("id");

		assert_true(strcmp(apply_id(t), last) > 0);
		last = arena_strdup(&tmp_arena, apply_id(t));
		assert_true(apply_chmod(t, tmp_path("root/a/file"), i % 2 ? 0644 : 0600, &e));
		assert_true(apply_end(t, &e));
		if (i % 3 == 0)
			assert_true(apply_forget(ROOT, OWN, last, &e));
		if (i == 100) /* the clock was ahead, and is corrected */
			tmp_write("own/quarantine/last", last = "20991231-235959-999");
	}
	assert_string_equal(last, "21000101-000000-138");
	tmp_write("own/quarantine/last", "nonsense");
	t = begin("id");
	assert_string_equal(apply_id(t), "21000101-000000-139");
	assert_true(apply_end(t, &e));
}

/* A cache restored from a copy, and one that was refilled meanwhile: content decides. */
static void test_copied(void **state)
{
	struct err e = ERR_INIT;
	const char *before, *id;
	struct apply *t;

	(void)state;
	for (unsigned both = 0; both < 2; both++) {
		fresh();
		before = tmp_tree("root");
		t = begin("copied");
		id = arena_strdup(&tmp_arena, apply_id(t));
		steps(t, ALL_STEPS);
		assert_true(apply_end(t, &e));
		assert_int_equal(
			system(arena_fmt(
				&tmp_arena,
				"cd %s && cp -a root r2 && chmod -R u+w root && rm -rf root && mv r2 root",
				tmp_dir)),
			0);
		if (both)
			assert_int_equal(
				system(arena_fmt(
					&tmp_arena,
					"cd %s && cp -a own o2 && chmod -R u+w own && rm -rf own && mv o2 own",
					tmp_dir)),
				0);
		if (!undo(id, &e))
			fail_msg("%s", e.text);
		rmdir(tmp_path("root/made"));
		assert_string_equal(tmp_tree("root"), before);
	}
	/* a lost file that reappears with other content is still lost */
	fresh();
	t = begin("lost");
	id = arena_strdup(&tmp_arena, apply_id(t));
	assert_true(apply_remove(t, tmp_path("root/a/other"), &e));
	assert_true(apply_end(t, &e));
	assert_int_equal(unlink(tmp_path(arena_fmt(&tmp_arena, "own/quarantine/%s/0001", id))), 0);
	tmp_write("root/a/other", "0ther");
	assert_false(undo(id, &e));
	tmp_assert_err(&e, ERR_SYS, "%s/root/a/other: the old file is no longer in the quarantine");
	tmp_write("root/a/other", "other");
	assert_true(undo(id, &e));
}

static void write_at(struct apply *t, const char *rel, const char *text)
{
	struct err e = ERR_INIT;
	const char *tmp;

	if (!apply_temp(t, text, strlen(text), &tmp, &e) ||
	    !apply_replace(t, tmp_path(rel), tmp, &e))
		fail_msg("%s", e.text);
}

static void remove_at(struct apply *t, const char *rel)
{
	struct err e = ERR_INIT;

	if (!apply_remove(t, tmp_path(rel), &e))
		fail_msg("%s", e.text);
}

/* Two changes at once: where the older one changed a file after the newer one did, the older one must be undone first, in
 * whatever order the undos are requested. */
static void test_interleaved(void **state)
{
	struct err e = ERR_INIT;
	const char *before, *older, *newer;
	struct apply *a, *b;

	(void)state;
	fresh();
	before = tmp_tree("root");
	a = begin("prune");
	b = begin("repair");
	older = arena_strdup(&tmp_arena, apply_id(a));
	newer = arena_strdup(&tmp_arena, apply_id(b));
	assert_true(strcmp(older, newer) < 0);
	write_at(b, "root/a/file", "repaired");
	write_at(b, "root/made", "made");
	remove_at(a, "root/a/file");
	remove_at(a, "root/made");
	write_at(b, "root/a/other", "repaired too");
	assert_true(apply_end(a, &e) && apply_end(b, &e));

	/* what no later change touched is undone, the rest waits */
	assert_false(undo(newer, &e));
	assert_non_null(strstr(e.text, older));
	err_clear(&e);
	assert_string_equal(tmp_read("root/a/other"), "other");
	assert_false(fs_exists(tmp_path("root/a/file")));
	/* now only what waits is left */
	assert_false(undo(newer, &e));
	assert_int_equal(e.code, ERR_REFUSED);
	err_clear(&e);
	assert_true(undo(older, &e));
	assert_string_equal(tmp_read("root/a/file"), "repaired");
	assert_string_equal(tmp_read("root/made"), "made");
	assert_true(undo(newer, &e));
	assert_string_equal(tmp_tree("root"), before);
}

/* Each change is the later one at one of the files; and a removed directory is restored with its contents. */
static void test_crossed(void **state)
{
	struct err e = ERR_INIT;
	const char *before, *older, *newer;
	struct apply *a, *b;

	(void)state;
	fresh();
	before = tmp_tree("root");
	a = begin("one");
	b = begin("other");
	older = arena_strdup(&tmp_arena, apply_id(a));
	newer = arena_strdup(&tmp_arena, apply_id(b));
	write_at(a, "root/a/file", "by one");
	write_at(b, "root/a/file", "by the other");
	write_at(b, "root/tree2/x", "by the other");
	remove_at(a, "root/tree2");
	assert_true(apply_end(a, &e) && apply_end(b, &e));
	assert_false(undo(older, &e));
	err_clear(&e);
	assert_string_equal(tmp_read("root/tree2/x"), "by the other");
	assert_true(undo(newer, &e));
	assert_true(undo(older, &e));
	assert_true(fs_remove_all(tmp_path("root/tree2"), &e));
	assert_string_equal(tmp_tree("root"), before);
}

/* One change after the other: the newer one must be undone first. */
static void test_older_first(void **state)
{
	struct err e = ERR_INIT;
	const char *before, *older, *newer;
	struct apply *t;

	(void)state;
	fresh();
	before = tmp_tree("root");
	t = begin("one");
	older = arena_strdup(&tmp_arena, apply_id(t));
	write_at(t, "root/a/file", "by one");
	assert_true(apply_end(t, &e));
	t = begin("other");
	newer = arena_strdup(&tmp_arena, apply_id(t));
	write_at(t, "root/a/file", "by the other");
	assert_true(apply_end(t, &e));
	assert_false(undo(older, &e));
	assert_int_equal(e.code, ERR_REFUSED);
	err_clear(&e);
	assert_string_equal(tmp_read("root/a/file"), "by the other");
	assert_true(undo(newer, &e));
	assert_true(undo(older, &e));
	assert_string_equal(tmp_tree("root"), before);
}

static void test_log(void **state)
{
	struct activity *log = activity_new();
	struct activity_row rows[4];
	struct err e = ERR_INIT;
	struct apply *t;
	const char *id;

	(void)state;
	fresh();
	t = apply_begin(ROOT, OWN, "logged", log, &e);
	assert_non_null(t);
	id = arena_strdup(&tmp_arena, apply_id(t));
	assert_true(apply_remove(t, tmp_path("root/a/file"), &e));
	assert_true(apply_end(t, &e));
	assert_true(undo_logged(id, log, &e));
	assert_int_equal(activity_since(log, 0, rows, 4), 2);
	assert_string_equal(rows[0].what, "quarantine");
	assert_string_equal(rows[0].target, tmp_path("root/a/file"));
	assert_string_equal(rows[1].what, "restore");
	assert_string_equal(rows[1].result, "ok");
	activity_free(log);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_apply_and_undo),
		cmocka_unit_test(test_damaged),
		cmocka_unit_test(test_unknown_others),
		cmocka_unit_test(test_cut_short),
		cmocka_unit_test(test_undo_cut_short),
		cmocka_unit_test(test_line_without_step),
		cmocka_unit_test(test_lost_file),
		cmocka_unit_test(test_nothing_done),
		cmocka_unit_test(test_hostile_journals),
		cmocka_unit_test(test_modes_back),
		cmocka_unit_test(test_marks_go),
		cmocka_unit_test(test_unread_old),
		cmocka_unit_test(test_trees_back),
		cmocka_unit_test(test_free_names),
		cmocka_unit_test(test_back_lines),
		cmocka_unit_test(test_left_over),
		cmocka_unit_test(test_history_by_hand),
		cmocka_unit_test(test_locks),
		cmocka_unit_test(test_one_writer),
		cmocka_unit_test(test_ids),
		cmocka_unit_test(test_copied),
		cmocka_unit_test(test_interleaved),
		cmocka_unit_test(test_crossed),
		cmocka_unit_test(test_older_first),
		cmocka_unit_test(test_log),
	};

	return cmocka_run_group_tests(tests, tmp_setup, tmp_teardown);
}
