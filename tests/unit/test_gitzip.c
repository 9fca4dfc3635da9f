/* The files of a commit, from trees as no git writes them: names that are refused, modes, attributes, licences, objects that are missing. */
#include "gitfix.h"

#include "base/buf.h"
#include "base/cancel.h"
#include "git/gitzip.h"

static git_repository *repo;

static const char *object(git_object_t type, const void *data, size_t len)
{
	char hex[GITFIX_HEX];
	git_odb *db;
	git_oid id;

	gitfix_must(git_repository_odb(&db, repo));
	gitfix_must(git_odb_write(&id, db, data, len, type));
	git_odb_free(db);
	git_oid_tostr(hex, sizeof(hex), &id);
	return arena_strdup(&tmp_arena, hex);
}

static const char *blob(const char *text)
{
	return object(GIT_OBJECT_BLOB, text, strlen(text));
}

/* Entries of MODE, NAME, HASH, ..., NULL; in git's order. */
static const char *tree(const char *const *entries)
{
	struct buf b = BUF_INIT;
	const char *hex;

	buf_addstr(&b, "");
	for (; *entries; entries += 3) {
		git_oid id;

		gitfix_must(git_oid_fromstr(&id, entries[2]));
		buf_addf(&b, "%s %s", entries[0], entries[1]);
		buf_add(&b, "", 1);
		buf_add(&b, id.id, GIT_OID_RAWSZ);
	}
	hex = object(GIT_OBJECT_TREE, b.data, b.len);
	buf_release(&b);
	return hex;
}

#define TREE(...) tree((const char *const[]){ __VA_ARGS__, NULL })
#define FILE_MODE "100644"

/* "PATH KIND SIZE CONTENT" of each file, and "PATH/" of each submodule; or the error's words. */
static const char *files_of(const char *root, const char *dir, const struct cancel *cancel)
{
	static const char *const kinds[] = {
		[MODFILES_REGULAR] = "file", [MODFILES_SYMLINK] = "link"
	};
	const char *text =
		arena_fmt(&tmp_arena,
			  "tree %s\nauthor A <x> 1 +0000\ncommitter A <x> 1 +0000\n\nm\n", root);
	const char *commit = object(GIT_OBJECT_COMMIT, text, strlen(text)),
		   *out = "", *const * submodules;
	const struct modfiles_source *s;
	struct gitrepo_commit *c;
	struct gitrepo *r;
	struct gitzip *z;
	struct err e = ERR_INIT;
	size_t n;

	assert_true(gitrepo_open_at(&r, tmp_path("repo"), NULL));
	assert_true(gitrepo_find(&c, r, commit, &e));
	if (gitzip_open(&z, r, c, dir, cancel, &e)) {
		s = gitzip_source(z);
		for (size_t i = 0; i < s->n; i++) {
			struct buf b = BUF_INIT;

			buf_addstr(&b, "");
			if (!s->read(s->ctx, i, &b, &e))
				fail_msg("%s", e.text);
			assert_int_equal(b.len, s->files[i].size);
			out = arena_fmt(&tmp_arena, "%s%s %s%s %s\n", out, s->files[i].path,
					kinds[s->files[i].kind], s->files[i].executable ? "*" : "",
					b.data);
			buf_release(&b);
		}
		n = gitzip_submodules(z, &submodules);
		for (size_t i = 0; i < n; i++)
			out = arena_fmt(&tmp_arena, "%s%s/\n", out, submodules[i]);
		gitzip_free(z);
	} else {
		out = arena_fmt(&tmp_arena, "%d %s", (int)e.code, e.text);
	}
	gitrepo_free(r);
	err_release(&e);
	return out;
}

static void test_names(void **state)
{
	static const char *const refused[] = { ".git",	      ".GIT",	".git ", ".git..",
					       ".git\\x",     ".git:x", "git~1", "GIT~1.",
					       "git~1 . \\x", ".",	"..",	 "a/b" };
	static const char *const fine[] = { ".gitx", ".gi", "git~12", "git~2", ".gitignore",
					    "...",   "git", "a\\b",   ".git x" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(refused); i++) {
		const char *have = files_of(TREE(FILE_MODE, refused[i], blob("x")), "", NULL);
		const char *below = files_of(TREE("40000", "d",
						  TREE(FILE_MODE, refused[i], blob("x"))),
					     "", NULL);

		assert_non_null(
			strstr(have, arena_fmt(&tmp_arena, "invalid path '%s' in ", refused[i])));
		assert_non_null(strstr(below, arena_fmt(&tmp_arena, "invalid path 'd/%s' in ",
							refused[i])));
	}
	for (size_t i = 0; i < ARRAY_LEN(fine); i++)
		assert_string_equal(files_of(TREE(FILE_MODE, fine[i], blob("x")), "", NULL),
				    arena_fmt(&tmp_arena, "%s file x\n", fine[i]));
}

static void test_modes(void **state)
{
	const char *below = TREE(FILE_MODE, "LICENSE", blob("own"), FILE_MODE, "b", blob("B"));
	const char *gone = "0123456789012345678901234567890123456789";
	const char *root = TREE(FILE_MODE, "LICENSE", blob("outer"), FILE_MODE, "a", blob("A"),
				"40000", "d", below, "120000", "l", blob("a"), "160000", "m", gone,
				"100755", "x", blob("X"));
	struct cancel cancel = { 0 };

	(void)state;
	assert_string_equal(
		files_of(root, "", NULL),
		"LICENSE file outer\na file A\nd/LICENSE file own\nd/b file B\nl link a\nx file* X\nm/\n");
	assert_string_equal(files_of(root, "d", NULL), "LICENSE file own\nb file B\n");
	assert_non_null(strstr(files_of(root, "a", NULL), "a is not a directory in "));
	assert_true(str_has_prefix(files_of(root, "none", NULL),
				   arena_fmt(&tmp_arena, "%d ", (int)ERR_NOT_FOUND)));
	assert_true(str_has_prefix(files_of(root, "m", NULL),
				   arena_fmt(&tmp_arena, "%d m is not a directory",
					     (int)ERR_NOT_FOUND)));
	atomic_store(&cancel.set, true);
	assert_string_equal(files_of(root, "", &cancel),
			    arena_fmt(&tmp_arena, "%d cancelled", (int)ERR_CANCELLED));
	/* objects that are not there, or are others */
	assert_false(str_has_prefix(files_of(TREE(FILE_MODE, "a", gone), "", NULL), "a "));
	assert_false(str_has_prefix(files_of(TREE("40000", "d", gone), "", NULL), "d"));
	assert_non_null(
		strstr(files_of(TREE(FILE_MODE, "a", below), "", NULL), "a: not a blob in "));
	assert_non_null(strstr(files_of(TREE(FILE_MODE, ".gitattributes", below), "", NULL),
			       ".gitattributes: not a blob in "));
	assert_non_null(strstr(files_of(TREE(FILE_MODE, "LICENSE", below, "40000", "e",
					     TREE(FILE_MODE, "f", blob("F"))),
					"e", NULL),
			       "LICENSE: not a blob in "));
}

/* A module below the root gets the root's licence, also if that is a link; attributes of the directories above count. */
static void test_below(void **state)
{
	const char *module = TREE(FILE_MODE, "t.txt", blob("1\n"), FILE_MODE, "u", blob("2\n"));
	const char *attrs = blob("*.txt text eol=crlf\n"), *more = blob("u text eol=crlf\n");
	const char *file_dir = TREE("40000", "LICENSE", TREE(FILE_MODE, "x", blob("X")), "40000",
				    "d", module);
	const char *link = TREE("120000", "LICENSE", blob("d/u"), "40000", "d", module);
	const char *outer = TREE(FILE_MODE, ".gitattributes", attrs, "40000", "d",
				 TREE(FILE_MODE, ".gitattributes", more, "40000", "e", module));
	const char *tree_attrs = TREE("40000", ".gitattributes", TREE(FILE_MODE, "x", blob("X")),
				      "40000", "d", module);

	(void)state;
	assert_string_equal(files_of(file_dir, "d", NULL), "t.txt file 1\n\nu file 2\n\n");
	assert_string_equal(files_of(link, "d", NULL),
			    "t.txt file 1\n\nu file 2\n\nLICENSE file d/u\n");
	assert_string_equal(files_of(outer, "d/e", NULL), "t.txt file 1\r\n\nu file 2\r\n\n");
	assert_string_equal(files_of(tree_attrs, "d", NULL), "t.txt file 1\n\nu file 2\n\n");
	assert_string_equal(files_of(TREE(FILE_MODE, ".gitattributes", attrs, FILE_MODE, "a.txt",
					  blob("x\n")),
				     "", NULL),
			    ".gitattributes file *.txt text eol=crlf\n\na.txt file x\r\n\n");
	assert_non_null(
		strstr(files_of(TREE(FILE_MODE, ".gitattributes", blob("a working-tree-encoding\n"),
				     FILE_MODE, "a", blob("x")),
				"", NULL),
		       "a: "));
	assert_non_null(strstr(files_of(TREE(FILE_MODE, ".gitattributes",
					     TREE(FILE_MODE, "x", blob("X")), "40000", "d", module),
					"d", NULL),
			       ".gitattributes: not a blob in "));
}

static void test_depth(void **state)
{
	const char *at = TREE(FILE_MODE, "x", blob("X"));

	(void)state;
	for (int i = 0; i < 1000; i++)
		at = TREE("40000", "d", at);
	assert_true(str_has_prefix(files_of(at, "", NULL), "d/d/d/"));
	assert_non_null(strstr(files_of(TREE("40000", "d", at), "", NULL), " is too deep"));
}

static int set_up(void **state)
{
	if (tmp_setup(state))
		return -1;
	repo = gitfix_new("repo");
	return 0;
}

static int tear_down(void **state)
{
	git_repository_free(repo);
	return tmp_teardown(state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_modes),
		cmocka_unit_test(test_below),
		cmocka_unit_test(test_depth),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
