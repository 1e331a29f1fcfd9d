// Answers for an address by ARP, late, as an appliance that sleeps does.
// usage: late-answer INTERFACE A.B.C.D MS
// It prints `ready` once it hears.
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netinet/if_ether.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

static void fail(const char *what) {
  fprintf(stderr, "late-answer: %s: %s\n", what, strerror(errno));
  exit(1);
}

struct frame {
  struct ether_header ethernet;
  struct ether_arp arp;
} __attribute__((packed));

int main(int count, char **words) {
  if (count != 4) {
    fprintf(stderr, "usage: late-answer INTERFACE A.B.C.D MS\n");
    return 2;
  }
  struct in_addr own;
  if (inet_pton(AF_INET, words[2], &own) != 1) fail(words[2]);
  int packets = socket(AF_PACKET, SOCK_RAW, htons(ETHERTYPE_ARP));
  if (packets < 0) fail("socket");
  struct ifreq interface = {0};
  strncpy(interface.ifr_name, words[1], IFNAMSIZ - 1);
  if (ioctl(packets, SIOCGIFHWADDR, &interface) < 0) fail(words[1]);
  uint8_t mac[ETH_ALEN];
  memcpy(mac, interface.ifr_hwaddr.sa_data, ETH_ALEN);
  struct sockaddr_ll link = {.sll_family = AF_PACKET, .sll_protocol = htons(ETHERTYPE_ARP), .sll_ifindex = (int)if_nametoindex(words[1])};
  if (bind(packets, (struct sockaddr *)&link, sizeof link) < 0) fail("bind");
  puts("ready");
  fflush(stdout);
  for (;;) {
    struct frame frame;
    if (recv(packets, &frame, sizeof frame, 0) < (ssize_t)sizeof frame) continue;
    if (ntohs(frame.arp.arp_op) != ARPOP_REQUEST || memcmp(frame.arp.arp_tpa, &own, 4) != 0) continue;
    usleep((useconds_t)atoi(words[3]) * 1000);
    memcpy(frame.ethernet.ether_dhost, frame.arp.arp_sha, ETH_ALEN);
    memcpy(frame.ethernet.ether_shost, mac, ETH_ALEN);
    frame.arp.arp_op = htons(ARPOP_REPLY);
    memcpy(frame.arp.arp_tha, frame.arp.arp_sha, ETH_ALEN);
    memcpy(frame.arp.arp_tpa, frame.arp.arp_spa, 4);
    memcpy(frame.arp.arp_sha, mac, ETH_ALEN);
    memcpy(frame.arp.arp_spa, &own, 4);
    if (sendto(packets, &frame, sizeof frame, 0, (struct sockaddr *)&link, sizeof link) < 0 && errno != ENOBUFS) fail("sendto");
  }
}
