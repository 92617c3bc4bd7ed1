/// A part of the house that takes new settings while calls go on.
///
///     every part: prepare ──▶ one refuses ─▶ nothing changes, the faults are told
///                        └──▶ all agree ───▶ every part: apply
package protocol Reloadable: Sendable {
    /// The names of the settings it takes; all others need a restart.
    var settings: [String] { get }
    /// Looks at what would be new and changes nothing yet. May read files; not on a loop.
    func prepare(_ new: Configuration) throws(ReloadRefusal) -> ReloadStep
}

/// What a part is ready to do once every other part agrees.
package struct ReloadStep: Sendable {
    /// What will be different besides the settings' own values, each in a short sentence: the
    /// content of a file, for instance.
    package var changes: [String]
    /// Does it; cannot fail.
    package var apply: @Sendable () -> Void

    /// A step that does that.
    package init(changes: [String] = [], apply: @escaping @Sendable () -> Void) {
        self.changes = changes
        self.apply = apply
    }
}

/// Why a part cannot live with the new settings: one line for each fault, place first.
package struct ReloadRefusal: Error, Sendable, Equatable {
    package var faults: [String]

    package init(_ faults: [String]) { self.faults = faults }
}

/// A part that can live with every value of its settings.
struct ReloadableSettings: Reloadable {
    let settings: [String]
    private let apply: @Sendable (Configuration) -> Void

    init(_ settings: String..., apply: @escaping @Sendable (Configuration) -> Void) {
        self.settings = settings
        self.apply = apply
    }

    func prepare(_ new: Configuration) -> ReloadStep {
        ReloadStep { [apply] in apply(new) }
    }
}
