#!/usr/bin/env bash
# What the operator is handed besides the package: alert rules, the dashboard, the image's recipe.
. "$(dirname "$0")/../Setup/check.sh"
deploy=$project/deploy

test_the_alert_rules_are_sound_and_say_what_their_tests_say() {
    works promtool check rules "$deploy/prometheus/callbridge.rules.yml"
    works promtool test rules "$deploy/prometheus/callbridge.rules.test.yml"
}
test_every_alert_is_seen_ringing_in_a_test() {
    local alert rings
    for alert in $(sed -n 's/.*- alert: //p' "$deploy/prometheus/callbridge.rules.yml"); do
        rings=$(grep -A1 "alertname: $alert\$" "$deploy/prometheus/callbridge.rules.test.yml") || true
        [[ $rings == *exp_alerts* ]] || { echo "$alert never rings"; return 1; }
    done
}
test_the_scrape_configuration_is_taken_by_prometheus() {
    mkdir -p "$work/prometheus"
    cp "$deploy/prometheus/callbridge.rules.yml" "$work/prometheus/"
    sed "s|/etc/prometheus|$work/prometheus|" "$deploy/prometheus/scrape.yml" \
        >"$work/prometheus/prometheus.yml"
    works promtool check config "$work/prometheus/prometheus.yml"
}
test_both_instances_are_scraped_where_they_serve() {
    local colour port
    for colour in blue green; do
        port=$(sed -n 's/^METRICS_LISTEN=//p' "$deploy/systemd/$colour.conf")
        [[ $(grep -A1 "\"$port\"" "$deploy/prometheus/scrape.yml") == *"colour: $colour"* ]]
    done
}
# Every question of the dashboard is put into a rule, which promtool reads.
test_the_dashboard_asks_what_prometheus_understands() {
    python3 - "$deploy/grafana/callbridge.json" >"$work/dashboard.yml" <<'RULES'
import json, sys
board = json.load(open(sys.argv[1]))
questions = [t["expr"] for p in board["panels"] for t in p.get("targets", [])]
questions += [a["expr"] for a in board["annotations"]["list"]]
assert len(questions) > 20
ids = [p["id"] for p in board["panels"]]
assert len(set(ids)) == len(ids)
for panel in board["panels"]:
    assert panel["type"] == "row" or panel["description"], panel["title"]
rules = [{"record": f"question:{n}", "expr": q} for n, q in enumerate(questions)]
print(json.dumps({"groups": [{"name": "dashboard", "rules": rules}]}))
RULES
    works promtool check rules "$work/dashboard.yml"
}
test_the_image_is_built_with_the_libraries_that_the_project_lists() {
    local name
    for name in $("$deploy/setup/packages.sh" --list build | grep -E '^lib.*-dev$'); do
        # The compiler's own libraries are in Swift's image.
        [[ $name =~ ^lib(c6|gcc|stdc) ]] || grep -qw -- "$name" "$deploy/Dockerfile" ||
            { echo "the Dockerfile lacks $name"; return 1; }
    done
}

trap 'rm -rf "$work"' EXIT
run_tests
