using System.Diagnostics.Metrics;

namespace DurableChat.Diagnostics;

/// <summary>Metrics of notifications. Thread-safe.</summary>
internal sealed class NotificationMetrics
{
    private readonly Counter<long> _sent;
    private readonly Counter<long> _dropped;
    private readonly Counter<long> _received;
    private readonly Counter<long> _inline;
    private readonly Counter<long> _healed;

    public NotificationMetrics(IMeterFactory? meters, Func<bool> isUp)
    {
        var meter = DurableChatMeter.Create(meters);
        _sent = meter.CreateCounter<long>(
            "durablechat.notifications.sent", description: "Notifications sent to other replicas.");
        _dropped = meter.CreateCounter<long>(
            "durablechat.notifications.dropped", description: "Notifications that could not be sent.");
        _received = meter.CreateCounter<long>(
            "durablechat.notifications.received",
            description: "Notifications of other replicas, by what they carried.");
        _inline = meter.CreateCounter<long>(
            "durablechat.notifications.inline",
            description: "Messages of other replicas that came inside notifications and needed no read.");
        _healed = meter.CreateCounter<long>(
            "durablechat.notifications.healed",
            description: "Chats whose change was found by comparing versions, not by a notification.");
        meter.CreateObservableUpDownCounter(
            "durablechat.notifications.up",
            () => isUp() ? 1 : 0,
            description: "1 while the notification channel is connected and delivers.");
        foreach (var counter in (Counter<long>[])[_sent, _dropped, _inline, _healed])
        {
            counter.Add(0);
        }
    }

    public void Sent(int count) => _sent.Add(count);

    public void Dropped(int count) => _dropped.Add(count);

    public void Received(string kind) => _received.Add(1, new KeyValuePair<string, object?>("kind", kind));

    public void Inlined(int messages) => _inline.Add(messages);

    public void Healed() => _healed.Add(1);
}
