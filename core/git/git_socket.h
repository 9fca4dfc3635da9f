/*
 * git_socket.h - the sockets of libgit2's git:// and ssh://, with a timeout for silent servers.
 *
 * libgit2 before 1.7 waits for a server forever, and its ssh transport hands the socket to libssh2. So we provide its streams (git_stream_register): they connect with
 * a timeout, and during a call of libgit2 on this thread a guard watches the time and the cancel flag, and shuts the socket down, which ends any wait.
 * The ssh transport reads the socket at its offset in libgit2's own struct, which has not changed since streams exist (0.28 to 1.9).
 *
 *	struct git_socket_guard *g = git_socket_guard_new(cancel, 0);
 *	git_socket_enter(g);                            // libgit2 calls from here ...
 *	git_socket_alive(g);                            // ... restart the timeout ...
 *	git_socket_leave(g);                            // ... to here
 *	git_socket_guard_free(g);                       // after the last stream is closed
 */
#ifndef MODSCOPE_GIT_SOCKET_H
#define MODSCOPE_GIT_SOCKET_H

#include "base/cancel.h"

struct git_socket_guard;

/* The first one registers the streams: call it with libgit2 loaded. patience_ms without a sign of life; 0: a minute. cancel may be NULL. */
struct git_socket_guard *git_socket_guard_new(const struct cancel *cancel, int patience_ms);
void git_socket_guard_free(struct git_socket_guard *g); /* NULL is fine */
/* NULL is fine for all of these. They nest. */
void git_socket_enter(struct git_socket_guard *g);
void git_socket_alive(struct git_socket_guard *g);
void git_socket_leave(struct git_socket_guard *g);
/* Guards a socket, until git_socket_unguard: it is shut down if a call lasts too long. False if there is no thread for it. */
bool git_socket_guard_fd(struct git_socket_guard *g, int fd);
void git_socket_unguard(struct git_socket_guard *g);
/* Whether the guard has given up on the server. */
bool git_socket_gave_up(struct git_socket_guard *g);

#endif
