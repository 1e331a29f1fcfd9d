/*
 * What the executable does besides when it is called kube-ipam: its three options, and its log. Their users find both where
 * that program had them.
 */
#define KUBE_IPAM_LOG "/var/log/kube-ipam.log"
/* Nobody turns it over: past this it is begun anew, and one that was full is kept beside it. */
#define KUBE_IPAM_LOG_LIMIT (16 << 20)
#ifndef BERTH_VERSION
#define BERTH_VERSION "of an unknown version"
#endif

static int has_log; /* called kube-ipam, on behalf of a runtime */

static const char *variable(const char *name)
{
	const char *value = getenv(name);
	return value ? value : "";
}

/* Copies a text into a line, quoted as in the log of kube-ipam; runs of blanks and line ends become one blank. */
static size_t quote_into(char *line, size_t at, size_t size, const char *text, size_t length)
{
	int is_blank = 0;
	for (size_t i = 0; i < length && at + 3 < size; i++) {
		unsigned char c = (unsigned char)text[i];
		if (c <= ' ') {
			is_blank = 1;
			continue;
		}
		if (is_blank) line[at++] = ' ';
		is_blank = 0;
		if (c == '"' || c == '\\') line[at++] = '\\';
		line[at++] = (char)c;
	}
	return at;
}

/* One line for what an ADD or a DEL came to, and for whatever failed. A log that cannot be written stops no Pod. */
static void log_outcome(const char *level, const char *text, size_t length)
{
	char line[8192], head[1024], when[96];
	const char *command = variable("CNI_COMMAND");
	struct stat about;
	struct timespec now;
	struct tm utc;
	if (!has_log) return;
	if (strcmp(level, "info") == 0 && strcmp(command, "ADD") != 0 && strcmp(command, "DEL") != 0) return;
	if (stat(KUBE_IPAM_LOG, &about) == 0 && S_ISREG(about.st_mode) && about.st_size > KUBE_IPAM_LOG_LIMIT)
		rename(KUBE_IPAM_LOG, KUBE_IPAM_LOG ".1");
	clock_gettime(CLOCK_REALTIME, &now);
	gmtime_r(&now.tv_sec, &utc);
	snprintf(when, sizeof when, "%04d-%02d-%02dT%02d:%02d:%02dZ", utc.tm_year + 1900, utc.tm_mon + 1, utc.tm_mday, utc.tm_hour, utc.tm_min, utc.tm_sec);
	int head_length = snprintf(head, sizeof head, "%s of %s in container %s (%s): ", command, variable("CNI_IFNAME"),
		variable("CNI_CONTAINERID"), variable("CNI_ARGS"));
	size_t at = (size_t)snprintf(line, sizeof line, "time=\"%s\" level=%s msg=\"", when, level);
	at = quote_into(line, at, sizeof line, head, head_length < (int)sizeof head ? (size_t)head_length : sizeof head - 1);
	if (length > 0) line[at++] = ' ';
	at = quote_into(line, at, sizeof line - 2, text, length);
	line[at++] = '"';
	line[at++] = '\n';
	int file = open(KUBE_IPAM_LOG, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0640);
	if (file < 0 || write(file, line, at) != (ssize_t)at) fprintf(stderr, "%s: %s\n", KUBE_IPAM_LOG, strerror(errno));
	if (file >= 0) close(file);
}

static const char ipam_section[] =
	"  \"ipam\": {\n"
	"    \"name\": \"kube-subnet\",\n"
	"    \"type\": \"kube-ipam\",\n"
	"    \"kubeConfig\": \"/etc/kubernetes/pki/kubectl.kubeconfig\",\n"
	"    \"etcdConfig\": {\n"
	"      \"etcdURL\": \"https://192.168.1.50:2379,https://192.168.1.58:2379,https://192.168.1.63:2379\",\n"
	"      \"etcdCertFile\": \"/etc/kubernetes/pki/etcd.pem\",\n"
	"      \"etcdKeyFile\": \"/etc/kubernetes/pki/etcd-key.pem\",\n"
	"      \"etcdTrustedCAFileFile\": \"/etc/kubernetes/pki/ca.pem\"\n"
	"    },\n"
	"    \"subnet\": \"10.188.0.0/16\",\n"
	"    \"rangeStart\": \"10.188.0.10\",\n"
	"    \"rangeEnd\": \"10.188.0.200\",\n"
	"    \"gateway\": \"10.188.0.1\",\n"
	"    \"routes\": [{ \"dst\": \"0.0.0.0/0\" }],\n"
	"    \"resolvConf\": \"/etc/resolv.conf\"\n"
	"  }";

/* What a main plugin has beside it, from its type on. */
static const struct { const char *name, *keys; } main_plugins[] = {
	{ "macvlan", "  \"type\": \"macvlan\",\n  \"master\": \"eth0\",\n" },
	{ "ipvlan", "  \"type\": \"ipvlan\",\n  \"master\": \"eth0\",\n" },
	{ "bridge", "  \"type\": \"bridge\",\n  \"bridge\": \"cni0\",\n  \"isGateway\": true,\n" },
	{ "ptp", "  \"type\": \"ptp\",\n" },
	{ "kube-router", "  \"type\": \"bridge\",\n  \"bridge\": \"kube-bridge\",\n  \"isDefaultGateway\": true,\n" },
	{ "calico",
		"  \"type\": \"calico\",\n  \"datastore_type\": \"kubernetes\",\n  \"nodename\": \"NODE\",\n"
		"  \"policy\": { \"type\": \"k8s\" },\n  \"kubernetes\": { \"kubeconfig\": \"/etc/cni/net.d/calico-kubeconfig\" },\n" },
};

static int print_configuration(const char *plugin)
{
	for (size_t i = 0; i < sizeof main_plugins / sizeof *main_plugins; i++) {
		if (strcmp(plugin, main_plugins[i].name) != 0) continue;
		fputs("for /etc/cni/net.d/1-kube-ipam.conf:\n", stderr);
		printf("{\n  \"cniVersion\": \"0.3.1\",\n  \"name\": \"k8snetwork\",\n%s%s\n}\n", main_plugins[i].keys, ipam_section);
		return 0;
	}
	fprintf(stderr, "kube-ipam: there is no configuration for \"%s\"; there is one for macvlan, ipvlan, bridge, ptp, kube-router, calico\n", plugin);
	return 2;
}

static void print_usage(FILE *to)
{
	fputs("Usage of kube-ipam, which container runtimes call with CNI variables:\n"
		"    -help\n          this text\n"
		"    -outputconf string\n          a configuration for macvlan, ipvlan, bridge, ptp, kube-router or calico\n"
		"    -version\n          the version of this program\n", to);
}

/* Options may have one dash or two, and their value behind a blank or "=", as with Go's. */
static void begin_kube_ipam(int argc, char **argv)
{
	if (argc < 2) {
		has_log = 1;
		return;
	}
	const char *option = argv[1] + (argv[1][0] == '-') + (argv[1][0] == '-' && argv[1][1] == '-');
	int is_option = argv[1][0] == '-';
	if (is_option && (strcmp(option, "help") == 0 || strcmp(option, "h") == 0)) {
		print_usage(stdout);
		exit(0);
	}
	if (is_option && strcmp(option, "version") == 0) {
		puts("  Version: berth " BERTH_VERSION ", in the place of kube-ipam v0.2.0");
		exit(0);
	}
	if (is_option && strncmp(option, "outputconf=", 11) == 0) exit(print_configuration(option + 11));
	if (is_option && strcmp(option, "outputconf") == 0 && argc > 2) exit(print_configuration(argv[2]));
	fprintf(stderr, "kube-ipam: %s: no such option, or its value is missing\n", argv[1]);
	print_usage(stderr);
	exit(2);
}
