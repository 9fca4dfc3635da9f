#include "change/relocate.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fs.h"
#include "change/relocate_copy.h"

/* The kernel compares the mounts before it looks for the names. */
bool relocate_can_rename(const char *from_dir, const char *to_dir)
{
	char *from = xasprintf("%s/.modscope-none", from_dir);
	char *to = xasprintf("%s/.modscope-nowhere", to_dir);
	struct stat a, b;
	bool can = stat(from_dir, &a) == 0 && stat(to_dir, &b) == 0 && a.st_dev == b.st_dev &&
		   !(rename(from, to) && errno == EXDEV);

	free(from);
	free(to);
	return can;
}

/* Only root can move a directory without write permission to a new parent, so it gets that permission temporarily. Returns its mode,
 * 0 if there is nothing to restore. */
static mode_t make_movable(const char *path)
{
	struct stat st;

	if (lstat(path, &st) || !S_ISDIR(st.st_mode) || (st.st_mode & 0200))
		return 0;
	return chmod(path, (st.st_mode & 07777) | 0200) ? 0 : st.st_mode & 07777;
}

static bool set_back(struct relocate *r, const char *path, mode_t mode, struct err *e)
{
	if (!mode || chmod(path, mode) == 0)
		return true;
	r->touched = true;
	return err_sys(e, errno, "chmod %s", path);
}

static bool is_real_dir(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* *other: it has to be copied. */
static bool move_name(struct relocate *r, const char *from, const char *to, bool *other,
		      struct err *e)
{
	mode_t mode;

	*other = false;
	if (rename(from, to) == 0)
		return true;
	mode = errno == EACCES ? make_movable(from) : 0;
	if (mode && rename(from, to) == 0)
		return set_back(r, to, mode, e);
	*other = errno == EXDEV;
	if (!*other)
		err_sys(e, errno, "rename %s %s", from, to);
	return set_back(r, from, mode, e) && false;
}

static bool copy_whole(struct relocate *r, const char *from, const char *to, struct err *e)
{
	char *part = relocate_copy_beside(to, is_real_dir(from));
	bool other, ok = fs_remove_all(part, e) && relocate_copy(from, part, e);

	if (ok && !move_name(r, part, to, &other, e)) {
		ok = other && err_sys(e, EXDEV, "rename %s %s", part, to);
		fs_remove_all(part, NULL);
	}
	free(part);
	return ok;
}

static bool set_mark(const struct relocate *r, struct err *e)
{
	int fd;

	if (!*r->mark)
		return true;
	fd = open(r->mark, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0666);
	if (fd < 0)
		return err_sys(e, errno, "open %s", r->mark);
	fsync(fd);
	close(fd);
	return true;
}

static bool drop_mark(const struct relocate *r, struct err *e)
{
	return !*r->mark || unlink(r->mark) == 0 || errno == ENOENT ||
	       err_sys(e, errno, "remove %s", r->mark);
}

static bool clear(struct relocate *r, const char *path, struct err *e)
{
	bool dir = is_real_dir(path);

	if (dir && !set_mark(r, e))
		return false;
	r->touched = true;
	return fs_remove_all(path, e);
}

bool relocate_move(struct relocate *r, const char *from, const char *to, struct err *e)
{
	bool other, ok = move_name(r, from, to, &other, e);

	r->touched |= ok;
	if (ok || !other)
		return ok;
	return copy_whole(r, from, to, e) && clear(r, from, e) && drop_mark(r, e);
}

/* What is at path has a second name by now, or is copied: the new file takes its name in one step. */
static bool take_name(struct relocate *r, const char *from, const char *path, struct err *e)
{
	char *beside = relocate_copy_beside(path, false);
	bool other, ok = move_name(r, from, path, &other, e);

	if (!ok && other) {
		ok = fs_remove_all(beside, e) && relocate_copy(from, beside, e) &&
		     (move_name(r, beside, path, &other, e) ||
		      (other && err_sys(e, EXDEV, "rename %s %s", beside, path)));
		if (ok)
			unlink(from);
		else
			unlink(beside);
	}
	r->touched |= ok;
	free(beside);
	return ok;
}

/* The new tree is beside the old one, which is copied. */
static bool trade(struct relocate *r, const char *path, const char *beside, struct err *e)
{
	bool other;

	if (fs_exchange(path, beside)) {
		r->touched = true;
		return fs_remove_all(beside, e);
	}
	return clear(r, path, e) &&
	       (move_name(r, beside, path, &other, e) ||
		(other && err_sys(e, EXDEV, "rename %s %s", beside, path))) &&
	       drop_mark(r, e);
}

static bool trade_in_place(struct relocate *r, const char *path, const char *from, struct err *e)
{
	char *beside = relocate_copy_beside(path, is_real_dir(from));
	bool other, ok = fs_remove_all(beside, e) && move_name(r, from, beside, &other, e);

	if (!ok && !err_is_set(e) && (ok = relocate_copy(from, beside, e)))
		fs_remove_all(from, NULL);
	if (ok && !trade(r, path, beside, e)) {
		ok = false;
		fs_remove_all(beside, NULL);
	}
	free(beside);
	return ok;
}

/* Where names cannot be exchanged atomically. A file gets its second name before it loses its first; a tree is absent for a moment. */
static bool supplant(struct relocate *r, const char *path, const char *from, const char *aside,
		     struct err *e)
{
	bool trees = is_real_dir(path) || is_real_dir(from), other;

	if (!trees && linkat(AT_FDCWD, path, AT_FDCWD, aside, 0) == 0)
		return take_name(r, from, path, e);
	if (move_name(r, path, aside, &other, e)) {
		r->touched = true;
		return relocate_move(r, from, path, e);
	}
	if (!other || !copy_whole(r, path, aside, e))
		return false;
	return trees ? trade_in_place(r, path, from, e) : take_name(r, from, path, e);
}

bool relocate_swap(struct relocate *r, const char *path, const char *from, const char *aside,
		   struct err *e)
{
	mode_t mode = 0, from_mode = 0;
	bool at_once, ok;

	errno = 0;
	if (fs_exchange(path, from))
		return r->touched = true;
	if (errno == EACCES) {
		mode = make_movable(path);
		from_mode = make_movable(from);
	}
	at_once = (mode || from_mode) && fs_exchange(path, from);
	ok = set_back(r, at_once ? from : path, mode, e) &&
	     set_back(r, at_once ? path : from, from_mode, e);
	r->touched |= at_once;
	return at_once ? ok : ok && supplant(r, path, from, aside, e);
}
