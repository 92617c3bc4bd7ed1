/// What every call works with, besides its own ticket, loop and sockets.
package struct CallServices: Sendable {
    package var limits: CallLimits
    package var dialer: any AgentDialer
    package var listener: any CallListener
    package var announcements: AnnouncementShelf
    package var tools: ToolShelf
    package var memories: any MemoryKeeper
    package var keeper: any StreamKeeper

    package init(
        limits: CallLimits, dialer: any AgentDialer, listener: any CallListener,
        announcements: AnnouncementShelf = AnnouncementShelf(),
        tools: ToolShelf = ToolShelf(ToolShelf.telephone),
        memories: any MemoryKeeper = NoMemories(), keeper: (any StreamKeeper)? = nil
    ) {
        self.limits = limits
        self.dialer = dialer
        self.listener = listener
        self.announcements = announcements
        self.tools = tools
        self.memories = memories
        self.keeper = keeper ?? NoStreamKeeper()
    }
}
