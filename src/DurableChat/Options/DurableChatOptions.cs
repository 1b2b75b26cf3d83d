using DurableChat.Chats;
using DurableChat.Feeds;
using DurableChat.Models;
using DurableChat.Notifications;
using DurableChat.Retention;
using DurableChat.Workers;
using Microsoft.Extensions.Options;

namespace DurableChat;

/// <summary>All settings of the library, by feature.</summary>
public sealed class DurableChatOptions
{
    /// <summary>Limits for one chat and its owner.</summary>
    public ChatLimits Limits { get; set; } = new();

    /// <summary>Settings for what is kept in memory.</summary>
    public FeedOptions Feeds { get; set; } = new();

    /// <summary>Settings for the workers that drive chats.</summary>
    public WorkerOptions Worker { get; set; } = new();

    /// <summary>Settings for notifications between replicas.</summary>
    public NotificationOptions Notifications { get; set; } = new();

    /// <summary>Settings for running tools.</summary>
    public ToolOptions Tools { get; set; } = new();

    /// <summary>Settings for the automatic deletion of archived chats.</summary>
    public RetentionOptions Retention { get; set; } = new();

    /// <summary>
    /// The timeouts that must be in a certain order, by the names of their settings. A store adds its own.
    /// </summary>
    public IReadOnlyDictionary<string, TimeSpan> Timeouts => new Dictionary<string, TimeSpan>(StringComparer.Ordinal)
    {
        ["Worker:HeartbeatInterval"] = Worker.HeartbeatInterval,
        ["Worker:ReconcileInterval"] = Worker.ReconcileInterval,
        ["Worker:LeaseDuration"] = Worker.LeaseDuration,
        ["Worker:DrainTime"] = Worker.DrainTime,
        ["Notifications:SyncInterval"] = Notifications.SyncInterval,
        ["Notifications:SyncIntervalWhileDown"] = Notifications.SyncIntervalWhileDown,
        ["Notifications:ListSyncInterval"] = Notifications.ListSyncInterval,
        ["Notifications:ProbeInterval"] = Notifications.ProbeInterval,
        ["Notifications:ProbePatience"] = Notifications.ProbePatience,
    };

    /// <summary>Replaces all sections of other options by those of these.</summary>
    internal void CopyTo(DurableChatOptions other)
    {
        (other.Limits, other.Feeds, other.Worker) = (Limits, Feeds, Worker);
        (other.Notifications, other.Tools, other.Retention) = (Notifications, Tools, Retention);
    }

    /// <summary>
    /// Validates all settings. Returns sentences that name the invalid setting, or none if all are valid.
    /// </summary>
    public IReadOnlyList<string> Validate()
    {
        var problems = new List<string>();
        Check("Limits", Limits, new ChatLimitsValidator());
        Check("Feeds", Feeds, new FeedOptionsValidator());
        Check("Worker", Worker, new WorkerOptionsValidator());
        Check("Tools", Tools, new ToolOptionsValidator());
        Check("Retention", Retention, new RetentionOptionsValidator());
        foreach (var (name, value) in new[]
        {
            ("Feeds:IdleTime", Feeds.IdleTime),
            ("Feeds:ReadTimeout", Feeds.ReadTimeout),
            ("Tools:CallTimeout", Tools.CallTimeout),
            ("Tools:StopTime", Tools.StopTime),
            ("Worker:ModelSilence", Worker.ModelSilence),
            ("Worker:MaxAnswerTime", Worker.MaxAnswerTime),
            ("Worker:HeartbeatInterval", Worker.HeartbeatInterval),
            ("Notifications:SyncInterval", Notifications.SyncInterval),
            ("Notifications:ListSyncInterval", Notifications.ListSyncInterval),
            ("Notifications:SyncIntervalWhileDown", Notifications.SyncIntervalWhileDown),
            ("Notifications:SyncPatience", Notifications.SyncPatience),
            ("Retention:Interval", Retention.Interval),
            ("Notifications:ProbeInterval", Notifications.ProbeInterval),
            ("Notifications:ProbePatience", Notifications.ProbePatience),
            ("Worker:LeaseDuration", Worker.LeaseDuration), ("Worker:ReconcileInterval", Worker.ReconcileInterval),
        })
        {
            if (value <= TimeSpan.Zero || value > TimeSpan.FromDays(1))
            {
                problems.Add($"{name} must be more than zero and at most a day.");
            }
        }

        problems.AddRange(TimeoutOrder.Check(Timeouts));
        if (Worker.CheckpointInterval < TimeSpan.Zero)
        {
            problems.Add("Worker:CheckpointInterval must not be negative.");
        }

        if (Worker.DrainTime < TimeSpan.Zero)
        {
            problems.Add("Worker:DrainTime must not be negative.");
        }

        if (Retention.ArchivedAfter < TimeSpan.FromMinutes(1) || Retention.ArchivedAfter > TimeSpan.FromDays(36_500))
        {
            problems.Add(
                "Retention:ArchivedAfter must be at least a minute and at most 36500 days; leave it out to keep "
                    + "archived chats.");
        }

        return problems;

        void Check<T>(string section, T settings, IValidateOptions<T> validator)
            where T : class =>
            problems.AddRange(validator.Validate(section, settings).Failures ?? []);
    }
}
