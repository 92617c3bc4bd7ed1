import Wire

/// A webhook tool's request: the configured properties alone, without envelope or signature.
struct ToolRequest {
    let address: WebAddress
    let request: HTTPRequest

    /// nil when the address cannot be read; relative ones follow `origin`.
    init?(_ call: ScriptedAgent.ToolCall, origin: WebAddress?) {
        let absolute: WebAddress? =
            if call.url.contains("://") {
                try? WebAddress(call.url)
            } else {
                origin?.with(target: call.url.hasPrefix("/") ? call.url : "/" + call.url)
            }
        guard let absolute, let parameters = try? JSON(parsing: call.parameters) else {
            return nil
        }
        var fields: HTTPFields = ["User-Agent": "agentsim", "Accept": "application/json"]
        if call.method == "GET" {
            var query = Form()
            for member in parameters.members ?? [] {
                query.append(member.name, member.value.text ?? member.value.serialized)
            }
            let joint = absolute.target.contains("?") ? "&" : "?"
            let target = query.text.isEmpty ? absolute.target : absolute.target + joint + query.text
            address = absolute.with(target: target)
            request = HTTPRequest(method: call.method, target: target, fields: fields)
            return
        }
        fields["Content-Type"] = "application/json"
        address = absolute
        request = HTTPRequest(
            method: call.method, target: absolute.target, fields: fields, body: parameters.bytes)
    }
}
