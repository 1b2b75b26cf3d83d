using Microsoft.Extensions.Options;

namespace DurableChat.AspNetCore;

/// <summary>Starts from existing settings instead of the defaults. What configures the options changes these.</summary>
internal sealed class GivenHttpOptions(
    DurableChatHttpOptions given,
    IEnumerable<IConfigureOptions<DurableChatHttpOptions>> setups,
    IEnumerable<IPostConfigureOptions<DurableChatHttpOptions>> postConfigures,
    IEnumerable<IValidateOptions<DurableChatHttpOptions>> validations)
    : OptionsFactory<DurableChatHttpOptions>(setups, postConfigures, validations)
{
    /// <inheritdoc/>
    protected override DurableChatHttpOptions CreateInstance(string name) => given;
}
