using DurableChat.Notifications;
using Microsoft.Extensions.AI;

namespace DurableChat.Lab.Chaos.InProcess;

/// <summary>What one replica within this process is made of.</summary>
internal sealed record InProcessParts(
    string Name,
    Uri Address,
    ReplicaPower Power,
    TimeProvider Time,
    PoweredStore Store,
    INotificationChannel Channel,
    InProcessRelay Relay,
    IChatClient Model,
    AIFunction Tool,
    int WindowMessages);
