/* yilian-rooms.h: consultations at a running daemon, one a room of two
 *
 * A doctor asks for many of them and one expert accepts them all: what the
 * media side does is the same, and signing in costs half a second each. */
#pragma once

#include <glib.h>

typedef struct YilianRooms YilianRooms;

/* Signs all in; @n consultations are requested and accepted. */
YilianRooms *yilian_rooms_new (const char *host, unsigned n, GError **error);
void yilian_rooms_free (YilianRooms *self);

/* Side @who (0: the clinic) of @room offers. Returns the answer, g_free().
 * Different sides may do so at once. */
char *yilian_rooms_offer (YilianRooms *self, unsigned room, unsigned who,
                          const char *sdp, GError **error);

/* The side's media end. */
void yilian_rooms_close (YilianRooms *self, unsigned room, unsigned who);
