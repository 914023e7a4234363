#include "rtcp/twcc-recorder.h"
#include "rtcp/twcc.h"

#include "base/time.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

typedef struct {
  uint64_t arrival_us[65536]; /* of the last with this number */
} Truth;

static size_t
poll (YlRtcpTwccRecorder *recorder, uint64_t now_us, const Truth *truth)
{
  uint8_t data[YL_RTCP_TWCC_MAX_SIZE];
  YlRtcpTwccStatus statuses[512];
  YlRtcpWalker walker;
  YlRtcpPacket packet;
  YlRtcpTwcc twcc;
  size_t n;
  const size_t size =
      yl_rtcp_twcc_recorder_poll_transmit (recorder, now_us, data, sizeof data);
  if (size == 0)
    return 0;
  g_assert_true (yl_rtcp_walker_init (&walker, data, size));
  g_assert_true (yl_rtcp_walker_next (&walker, &packet));
  g_assert_true (yl_rtcp_twcc_parse (&twcc, &packet, statuses, 512, &n));
  for (size_t i = 0; i < n; i++)
    if (statuses[i].received)
      g_assert_cmpint (statuses[i].arrival_us, <=,
                       (int64_t) truth->arrival_us[statuses[i].seq]);
  return size;
}

/* Three octets a step: a number and how much time passes [10 ms]. What the
 * recorder writes the parser must read. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (YlRtcpTwccRecorder) recorder = yl_rtcp_twcc_recorder_new (1);
  g_autofree Truth *truth = g_new0 (Truth, 1);
  uint64_t now_us = 0;
  for (; size >= 3; data += 3, size -= 3) {
    const uint16_t seq = (uint16_t) (data[0] << 8 | data[1]);
    now_us += data[2] * 10 * YL_US_PER_MS;
    truth->arrival_us[seq] = now_us;
    yl_rtcp_twcc_recorder_receive (recorder, 1, seq, now_us);
    unsigned packets = 0;
    while (poll (recorder, now_us, truth) > 0)
      g_assert_cmpuint (++packets, <, 2100);
  }
  while (poll (recorder, now_us + YL_US_PER_S, truth) > 0)
    continue;
  g_assert_cmpuint (yl_rtcp_twcc_recorder_next_deadline (recorder), ==,
                    YL_NEVER);
  return 0;
}
