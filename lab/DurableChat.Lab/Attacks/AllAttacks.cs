namespace DurableChat.Lab.Attacks;

/// <summary>All attacks, in the order of the table.</summary>
internal static class AllAttacks
{
    public static IReadOnlyList<Func<Attack>> Makers { get; } =
    [
        () => new BodiesAttack(hasRate: false),
        () => new BodiesAttack(hasRate: true),
        () => new NotificationsAttack(),
        () => new QueuesAttack(),
        () => new TokensAttack(),
        () => new DescriptorsAttack(),
        () => new McpAttack(),
        () => new HeldTextAttack(),
        () => new RetentionAttack(),
        () => new ListsAttack(),
        () => new RegenerateAttack(),
        () => new FilesAttack(),
        () => new TicketsAttack(),
        () => new LaterRowsAttack(), () => new PingsAttack(),
    ];
}
