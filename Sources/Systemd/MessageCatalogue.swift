/// The identity of each kind of event in the journal: MESSAGE_ID, by which `journalctl -x`
/// finds its explanation and programs find every line of the kind.
///
/// The ids were drawn once with `systemd-id128 new` and never change, whatever becomes of the
/// sentences.
package enum MessageCatalogue {
    /// The id of an event, 32 hexadecimal digits; nil for events that have none.
    package static func id(of event: String) -> String? { ids[event] }

    /// Every event that has an id.
    package static let ids: [String: String] = [
        "agent.built_in": "06d84947ea484f479d772e69be2b6626",
        "agent.connected": "e180ea445d3c41e88bb731465e4303e7",
        "agent.failed": "b13f98f36b824b23a58c0539662b1750",
        "agent.lost_early": "e2e2b5e4fa744b439de367413c345c69",
        "breaker.closed": "bec2f2d26da7441f90fdb40dcb630b45",
        "breaker.opened": "60eb2b55031e4ad3b2a1b402f7b7502d",
        "call.after_stream": "3f59a3da94484da6aa4629eb6c222388",
        "call.announced": "a95e0e483e104a6eb3e12a6bca3bd3ff",
        "call.ended": "af289fa1bd45433aa792295dcc8e88ed",
        "call.errand_failed": "a7dc3588211e455c9e1f9c4adc9affce",
        "call.fault": "c7587ca0c024495aaa8cab4eaa3ac9bf",
        "call.hand_off_failed": "ff47f12b4f744f89a80b5501f8075b1a",
        "call.handed_off": "d57d3ab5beb146a5a7978802217b6559",
        "call.incoming": "76efc8ab3b044c70b369ad136287cd16",
        "call.interrupted": "8443d9a6ecac422cafc218c7bb315f17",
        "call.key": "d83af25c532f46d98348022310eadbde",
        "call.ordered": "6763f910b4cf45a2bad14dbf0269514a",
        "call.passed_on": "500c915e48b84b0eaceeabdec5d31bf5",
        "call.refused": "40c412e94a6f4a49856884ea6f0f81dc",
        "call.status": "8ac1c3e25c224aeeaaa890403b7bf407",
        "call.waiting": "e35da98cfc684d538667a6badf31f741",
        "configuration.note": "c02a84e6f44641e093cfe6bd1117a9c1",
        "control.failed": "a09fd3395dbf43c2b2499418a83c0c8d",
        "conversation.started": "1d9404df73184b678e38ad7bc2cf04e3",
        "daemon.drain_over": "e5e18f555baa4f43ac835f3cab8d8c93",
        "daemon.draining": "41748991066f4b24b0b740751f9817cd",
        "daemon.failed": "09b99fecc832404f8217a82f5c8e8f0d",
        "daemon.ready": "6fcd117a3cae4b62a305bbbbcf84f3a9",
        "daemon.reload": "12e96bb0de204b72bdf9c0a588eb7e5e",
        "daemon.reload_refused": "484f900a32ff4a72b871f4b729560fde",
        "daemon.stopped": "295fa1517e6448ed9af6e5300b42ee28",
        "http.problem": "104413e0f75848638676a1096e521fbb",
        "log.dropped": "a8ebc677f7e24c98bc04f55cd4b895c8",
        "metrics.failed": "4f517b27d9034000b54af136e38d6746",
        "net.fault": "b4008b16c50845449faed8225341775d",
        "net.listening": "d79eefb8fea241b69a18a339fd14d466",
        "net.trust": "67ad041fb78a4fb2bef47a27634d7a54",
        "outbound.answered_by": "31fbfabc94d2415b9d9331dc9c0e6bc3",
        "outbound.ended": "4763a2b43391492b823c327072213969",
        "outbound.failed": "af2f593f5f77431eadac7ff5ec815ba1",
        "outbound.placed": "d56ba05d72a94f6fb2e1be82f2094176",
        "routing.refused": "790bddd3f918448c846256b77afcc2b3",
        "routing.reloaded": "83f48fc8659e4e24b41042161f856df8",
        "stream.connected": "097d52549e2f441bb8b762fcb6a75534",
        "stream.error": "3e9341eb57634a4487ae5a9ef2e8c469",
        "stream.lost": "08fff08785f5471f8584637074d7bc02",
        "stream.opened": "00f73632328844bcb331b97f1e40de84",
        "stream.refused": "a8751b66bc2c40cc96bee0c37ec06f88",
        "stream.replaced": "e6b935c6961c4c1ca4946e41196a4325",
        "stream.status": "9535764e93ba425cb9c3a3634360ca9f",
        "tool.done": "1cd378f319834ba5b80d968134280435",
        "tool.requested": "156d1f4c198f4f2e869e95265494822f",
        "transfer.over": "6db159c246aa4de6bd4d791aef2ce939",
        "twilio.retry": "2e0e13081eaa45d390d13e126a49b92f",
        "watchdog.answers": "0d376ef75c4549ba91689c49f6aa1536",
        "watchdog.silent": "e72d11603c0745a88e149ea729fd78af",
    ]
}
