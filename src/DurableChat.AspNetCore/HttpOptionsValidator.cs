using DurableChat.AspNetCore.Cluster;
using Microsoft.Extensions.Options;

namespace DurableChat.AspNetCore;

/// <summary>
/// Refuses settings of the endpoints and the relay that are out of range, when the application starts.
/// </summary>
internal sealed class HttpOptionsValidator : IValidateOptions<DurableChatHttpOptions>, IValidateOptions<RelayOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, DurableChatHttpOptions options) => Of(options.Validate());

    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, RelayOptions options) => Of(options.Validate());

    private static ValidateOptionsResult Of(IReadOnlyList<string> problems) =>
        problems.Count > 0 ? ValidateOptionsResult.Fail(problems) : ValidateOptionsResult.Success;
}
