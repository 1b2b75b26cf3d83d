using System.Diagnostics.Metrics;

namespace DurableChat.Diagnostics;

/// <summary>Metrics of retention. Thread-safe.</summary>
internal sealed class RetentionMetrics(IMeterFactory? meters = null)
{
    private readonly Counter<long> _purged = DurableChatMeter.Create(meters).CreateCounter<long>(
        "durablechat.retention.purged", description: "Archived chats that were deleted because their time was over.");

    public void Purged() => _purged.Add(1);
}
