using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace DurableChat.AspNetCore.Streaming;

/// <summary>Checks that the host's shutdown timeout is as long as DurableChat needs to stop.</summary>
internal sealed class HostTimeouts(DurableChatOptions options) : IValidateOptions<HostOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, HostOptions host)
    {
        var timeouts = new Dictionary<string, TimeSpan>(options.Timeouts, StringComparer.Ordinal) { ["HostOptions.ShutdownTimeout"] = host.ShutdownTimeout };
        return TimeoutOrder.Check(timeouts) is [_, ..] problems ? ValidateOptionsResult.Fail(problems) : ValidateOptionsResult.Success;
    }
}
