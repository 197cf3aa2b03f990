# Varnish of compose.cluster.yaml: deploy/varnish/masthead.vcl with two nodes. An unhealthy one is left out.
vcl 4.1;

import directors;
import xkey;

probe ready {
    .url = "/health/ready";
    .interval = 2s;
    .timeout = 2s;
    .window = 4;
    .threshold = 2;
    .initial = 2;
}

backend first {
    .host = "masthead-1";
    .port = "8080";
    .first_byte_timeout = 40s;
    .between_bytes_timeout = 40s;
    .probe = ready;
}

backend second {
    .host = "masthead-2";
    .port = "8080";
    .first_byte_timeout = 40s;
    .between_bytes_timeout = 40s;
    .probe = ready;
}

sub vcl_init {
    new nodes = directors.round_robin();
    nodes.add_backend(first);
    nodes.add_backend(second);
}

# The nodes and whoever is in their network.
acl purgers {
    "10.89.77.0"/24;
}

sub vcl_recv {
    unset req.http.X-Purged;

    # `PURGE /` with `Surrogate-Key: article:… articles` drops every answer that shows one of them.
    if (req.method == "PURGE") {
        # Varnish adds the client to X-Forwarded-For: a comma means that another proxy passed the request on.
        if (client.ip !~ purgers || req.http.X-Forwarded-For ~ ",") {
            return (synth(403, "Purging is not allowed from here"));
        }
        if (!req.http.Surrogate-Key) {
            return (synth(400, "Surrogate-Key is missing"));
        }
        set req.http.X-Purged = xkey.purge(req.http.Surrogate-Key);
        return (synth(200, "Purged"));
    }

    set req.backend_hint = nodes.backend();
    # Masthead believes this header: a client must not send it through.
    unset req.http.X-Forwarded-Prefix;
    # It reads no cookies, and varies by none.
    unset req.http.Cookie;

    # One spelling for each coding keeps the variants of an answer few. Weights are left to Masthead.
    if (req.http.Accept-Encoding !~ "q=") {
        if (req.http.Accept-Encoding ~ "\bbr\b") {
            set req.http.Accept-Encoding = "br";
        } elsif (req.http.Accept-Encoding ~ "\bzstd\b") {
            set req.http.Accept-Encoding = "zstd";
        } elsif (req.http.Accept-Encoding ~ "\bgzip\b") {
            set req.http.Accept-Encoding = "gzip";
        }
    }
}

# A node that has just gone away is not known as unhealthy yet: a read, which changes nothing, is asked of the other one.
sub vcl_backend_error {
    if (bereq.retries < 1 && bereq.method ~ "^(GET|HEAD)$") {
        return (retry);
    }
}

sub vcl_backend_response {
    set beresp.http.xkey = beresp.http.Surrogate-Key;
    # What says nothing of caches is not kept, where Varnish would keep it for two minutes.
    if (!beresp.http.Cache-Control) {
        set beresp.uncacheable = true;
        set beresp.ttl = 0s;
    }
    # A failure while an answer is made anew must not take the place of the old one.
    if (beresp.status >= 500 && bereq.is_bgfetch) {
        return (abandon);
    }
}

sub vcl_deliver {
    unset resp.http.xkey;
    if (obj.hits > 0) {
        set resp.http.X-Cache = "HIT";
    } else {
        set resp.http.X-Cache = "MISS";
    }
}

sub vcl_synth {
    if (req.http.X-Purged) {
        set resp.http.X-Purged = req.http.X-Purged;
    }
}
