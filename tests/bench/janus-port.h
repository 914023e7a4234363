/* janus-port.h: which TCP port a process listens on
 *
 * A server told to listen on port 0 gets a free one without a race, and this
 * one does not say which. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* False: @pid listens on none, or not yet. With several: the lowest. */
bool janus_port_find (pid_t pid, uint16_t *port);
