systemdunitdir = $(prefix)/lib/systemd/system
dist_systemdunit_DATA = packaging/yilian.service
