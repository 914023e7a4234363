systemdunitdir = $(prefix)/lib/systemd/system
dist_systemdunit_DATA = packaging/yilian.service
dist_pkgdata_DATA = packaging/demo-alliance.json
yilianconfdir = $(sysconfdir)/yilian
dist_yilianconf_DATA = packaging/yilian.conf
