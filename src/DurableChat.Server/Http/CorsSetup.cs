using DurableChat.AspNetCore;
using DurableChat.Server.Configuration;

namespace DurableChat.Server.Http;

/// <summary>
/// Lets pages of the allowed origins call the API with a token or a ticket. Cookies are not accepted.
/// </summary>
internal static class CorsSetup
{
    private static readonly TimeSpan _preflightAge = TimeSpan.FromHours(1);

    /// <exception cref="ConfigurationException">
    /// An origin does not have the form that browsers send, so it would never match.
    /// </exception>
    public static void Add(IServiceCollection services, DurableChatHttpOptions settings)
    {
        foreach (var origin in settings.AllowedOrigins)
        {
            if (!Uri.TryCreate(origin, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https") || origin != address.GetLeftPart(UriPartial.Authority))
            {
                throw new ConfigurationException($"Http:AllowedOrigins has '{origin}', which is no origin. An example: https://app.example.com");
            }
        }

        services.AddCors(cors => cors.AddDefaultPolicy(policy => policy
            .WithOrigins([.. settings.AllowedOrigins])
            .WithMethods("GET", "POST", "PATCH", "DELETE")
            .WithHeaders("Authorization", "Content-Type", "Idempotency-Key", "Last-Event-ID", "Cache-Control")
            .WithExposedHeaders("Location", "Retry-After")
            .SetPreflightMaxAge(_preflightAge)));
    }
}
