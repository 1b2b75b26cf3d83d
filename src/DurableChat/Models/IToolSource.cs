using Microsoft.Extensions.AI;

namespace DurableChat.Models;

/// <summary>
/// A source of tools that can change while the host runs, e.g. the tools of other servers. Implementations must be
/// thread-safe.
/// </summary>
public interface IToolSource
{
    /// <summary>
    /// The tools that can be called now. Read at every model call and tool call, so it must return immediately. If
    /// names clash, a tool of the host hides one of a source, and an earlier source hides a later one.
    /// </summary>
    IReadOnlyList<AIFunction> Tools { get; }
}
