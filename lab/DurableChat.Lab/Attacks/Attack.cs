using DurableChat.Lab.Running;

namespace DurableChat.Lab.Attacks;

/// <summary>
/// One way to abuse a server. It is run once: set up, prepared, run beside others' work, finished. One that is a load
/// runs in a process of its own, which stands for other machines; see <see cref="AttackProcess"/>.
/// </summary>
internal abstract class Attack : IAsyncDisposable
{
    public abstract string Name { get; }

    /// <summary>What stands against it.</summary>
    public abstract string Bound { get; }

    /// <summary>False if the attack is not a load. Then no other owners work during it.</summary>
    public virtual bool IsLoad => true;

    public virtual Task<AttackSetup> SetUpAsync(AttackScale scale) => Task.FromResult(new AttackSetup());

    /// <summary>What is done to the servers themselves before, in the process that has started them.</summary>
    public virtual Task SeedAsync(Arena arena, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>What takes place before others' work is measured.</summary>
    public virtual Task PrepareAsync(Arena arena, CancellationToken cancellationToken) => Task.CompletedTask;

    public abstract Task RunAsync(Arena arena, CancellationToken cancellationToken);

    /// <summary>What is looked at when others' work is over.</summary>
    public virtual Task FinishAsync(Arena arena, CancellationToken cancellationToken) => Task.CompletedTask;

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return CloseAsync();
    }

    /// <summary>Ends what <see cref="SetUpAsync"/> has started.</summary>
    protected virtual ValueTask CloseAsync() => ValueTask.CompletedTask;
}
