// Starts Swagger UI on this server's own OpenAPI document; no validator is asked elsewhere.
SwaggerUIBundle({ url: "openapi.json", dom_id: "#swagger-ui", validatorUrl: null, deepLinking: true, persistAuthorization: false });
