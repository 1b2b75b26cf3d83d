using Microsoft.Extensions.AI;

namespace DurableChat.Models;

/// <summary>Tools that come and go while the host runs, e.g. those of other servers. Thread-safe.</summary>
public interface IToolSource
{
    /// <summary>The tools that can be called now. Asked at every model call and every tool call, so it must answer at once. A tool of the host hides one of the same name, and an earlier source a later one.</summary>
    IReadOnlyList<AIFunction> Tools { get; }
}
