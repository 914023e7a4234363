/* plugins.h: the elements inside the daemon, without a plug-in file
 *
 *   ylrtcsrc.track_%u ! ylrouter.track_%u   one pad per published track
 *   ylrouter.src ! ylrtcsink.sink           lists with their plan
 *   ylrouter.tap_%u                         request: a live track as RTP;
 *     pad properties "track" (id), or "room", "peer" (ids; peer 0: any)
 *     and "kind" ("audio", "video") for the first such track that no other
 *     tap has. A thread and a leaky queue of its own; an error behind it
 * detaches it and posts an element message "yilian-tap-detached"
 *   ylrouter.sink_%u                        request: RTP of a branch becomes
 *     a track; pad properties "room" (id) and "kind"; the codec is in the caps
 *
 * All three take the property "worker" (a YlWorker pointer). */
#pragma once

/* Registers ylrtcsrc, ylrouter and ylrtcsink in this process; after
 * gst_init(). Safe to call again. */
void yl_plugins_register_static (void);
