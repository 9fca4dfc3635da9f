/*
 * git_socket.h - the sockets of libgit2's git:// and ssh://, so that a server that says nothing can be left.
 *
 * libgit2 before 1.7 waits for a server without end, and its ssh transport hands the socket to libssh2. So its streams are ours (git_stream_register): they connect with
 * a limit, and while a call of libgit2's is under way on this thread a guard looks at the time and at the cancel flag, and shuts the socket, which ends any wait.
 * The ssh transport takes the socket from the stream by its place in libgit2's own struct, which has been the same since it has streams (0.28 to 1.9).
 *
 *	git_socket_register(git);                       // once
 *	struct git_socket_guard *g = git_socket_guard_new(cancel, 0);
 *	git_socket_enter(g);                            // calls of libgit2's from here on ...
 *	git_socket_alive(g);                            // ... have as long again
 *	git_socket_leave(g);                            // ... to here
 *	git_socket_guard_free(g);                       // after the last stream is closed
 */
#ifndef MODSCOPE_GIT_SOCKET_H
#define MODSCOPE_GIT_SOCKET_H

#include "base/cancel.h"
#include "git/git_lib.h"

struct git_socket_guard;

/* Where libgit2 is initialised. */
void git_socket_register(const struct git_lib *git);
/* patience_ms without a sign of life; 0: a minute. cancel may be NULL. */
struct git_socket_guard *git_socket_guard_new(const struct cancel *cancel, int patience_ms);
void git_socket_guard_free(struct git_socket_guard *g); /* NULL is fine */
/* NULL is fine for all. They nest. */
void git_socket_enter(struct git_socket_guard *g);
void git_socket_alive(struct git_socket_guard *g);
void git_socket_leave(struct git_socket_guard *g);
/* Whether the guard has given up on the server. */
bool git_socket_gave_up(struct git_socket_guard *g);

#endif
