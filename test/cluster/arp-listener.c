// Asks a segment who has each of a range of addresses, again and again, and writes down who answers.
// usage: arp-listener INTERFACE A.B.C FIRST LAST PERIOD-MS
// It prints a line for each round that begins, `round N`, and one for each answer, `N A.B.C.D MAC`, with the round that the
// answer is to: rounds ask in the names of eight addresses in turn, 240 to 247, and an answer says to whom it is.
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netinet/if_ether.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { askers = 8, first_asker = 240 };

static void fail(const char *what) {
  fprintf(stderr, "arp-listener: %s: %s\n", what, strerror(errno));
  exit(1);
}

static int64_t now_ms(void) {
  struct timespec now;
  if (clock_gettime(CLOCK_MONOTONIC, &now) != 0) fail("clock_gettime");
  return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

struct frame {
  struct ether_header ethernet;
  struct ether_arp arp;
} __attribute__((packed));

static void ask(int packets, const struct sockaddr_ll *link, const uint8_t *mac, const uint8_t *asker, const uint8_t *wanted) {
  struct frame frame = {0};
  memset(frame.ethernet.ether_dhost, 0xff, ETH_ALEN);
  memcpy(frame.ethernet.ether_shost, mac, ETH_ALEN);
  frame.ethernet.ether_type = htons(ETHERTYPE_ARP);
  frame.arp.arp_hrd = htons(ARPHRD_ETHER);
  frame.arp.arp_pro = htons(ETHERTYPE_IP);
  frame.arp.arp_hln = ETH_ALEN;
  frame.arp.arp_pln = 4;
  frame.arp.arp_op = htons(ARPOP_REQUEST);
  memcpy(frame.arp.arp_sha, mac, ETH_ALEN);
  memcpy(frame.arp.arp_spa, asker, 4);
  memcpy(frame.arp.arp_tpa, wanted, 4);
  // A full queue loses a question; the next round asks again.
  if (sendto(packets, &frame, sizeof frame, 0, (const struct sockaddr *)link, sizeof *link) < 0 && errno != ENOBUFS) fail("sendto");
}

static void hear(int packets, const uint8_t *net, long round) {
  struct frame frame;
  if (recv(packets, &frame, sizeof frame, 0) < (ssize_t)sizeof frame || ntohs(frame.arp.arp_op) != ARPOP_REPLY) return;
  int asker = frame.arp.arp_tpa[3] - first_asker;
  if (memcmp(frame.arp.arp_tpa, net, 3) != 0 || asker < 0 || asker >= askers) return;
  // The last round that asked in this name.
  long asked = round - ((round - asker) % askers + askers) % askers;
  const uint8_t *mac = frame.arp.arp_sha, *address = frame.arp.arp_spa;
  printf("%ld %u.%u.%u.%u %02x:%02x:%02x:%02x:%02x:%02x\n", asked, address[0], address[1], address[2], address[3], mac[0], mac[1],
         mac[2], mac[3], mac[4], mac[5]);
}

int main(int argc, char **argv) {
  if (argc != 6) return fprintf(stderr, "usage: arp-listener INTERFACE A.B.C FIRST LAST PERIOD-MS\n"), 2;
  char first_address[32];
  uint8_t net[4];
  snprintf(first_address, sizeof first_address, "%s.0", argv[2]);
  if (inet_pton(AF_INET, first_address, net) != 1) return fprintf(stderr, "arp-listener: %s is no network\n", argv[2]), 2;
  int first = atoi(argv[3]), last = atoi(argv[4]), period = atoi(argv[5]);

  int packets = socket(AF_PACKET, SOCK_RAW, htons(ETH_P_ARP));
  if (packets < 0) fail("socket");
  struct ifreq interface = {0};
  strncpy(interface.ifr_name, argv[1], IFNAMSIZ - 1);
  if (ioctl(packets, SIOCGIFHWADDR, &interface) != 0) fail(argv[1]);
  uint8_t mac[ETH_ALEN];
  memcpy(mac, interface.ifr_hwaddr.sa_data, ETH_ALEN);
  struct sockaddr_ll link = {
      .sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ARP), .sll_ifindex = (int)if_nametoindex(argv[1]), .sll_halen = ETH_ALEN};
  if (link.sll_ifindex == 0 || bind(packets, (struct sockaddr *)&link, sizeof link) != 0) fail(argv[1]);
  memset(link.sll_addr, 0xff, ETH_ALEN);

  setvbuf(stdout, NULL, _IOLBF, 0);
  int64_t next = now_ms();
  for (long round = -1;;) {
    if (now_ms() >= next) {
      round += 1;
      next += period;
      printf("round %ld\n", round);
      uint8_t asker[4] = {net[0], net[1], net[2], (uint8_t)(first_asker + round % askers)};
      for (int n = first; n <= last; n += 1) {
        uint8_t wanted[4] = {net[0], net[1], net[2], (uint8_t)n};
        ask(packets, &link, mac, asker, wanted);
      }
    }
    int64_t left = next - now_ms();
    struct pollfd readable = {.fd = packets, .events = POLLIN};
    if (poll(&readable, 1, left > 0 ? (int)left : 0) > 0) hear(packets, net, round);
  }
}
