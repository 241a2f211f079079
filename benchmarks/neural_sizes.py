"""Neural sound models in their real sizes, with random weights: what `neural_speed --size full` measures.

The sizes are those of the published configurations, most of which are the classes' own defaults. Time and memory do not
depend on what the weights say; the tokenizers know a few letters only, which costs nothing either.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.neural_models import byte_vocabulary, t5_tokenizer, vocabulary


def stable_audio(folder: Path) -> None:
    """Stable Audio Open 1.0: 1.06 billion parameters in the transformer, 0.16 in the decoder, T5 base before them."""
    from diffusers import (
        AutoencoderOobleck,
        CosineDPMSolverMultistepScheduler,
        StableAudioDiTModel,
        StableAudioPipeline,
        StableAudioProjectionModel,
    )

    StableAudioPipeline(
        vae=AutoencoderOobleck(),
        text_encoder=_t5(d_model=768, d_ff=3072, num_layers=12, num_heads=12),
        projection_model=StableAudioProjectionModel(768, 768, 0, 512),
        tokenizer=t5_tokenizer(128),
        transformer=StableAudioDiTModel(),
        scheduler=CosineDPMSolverMultistepScheduler(sigma_min=0.3, sigma_max=500, sigma_data=1.0, solver_order=2),
    ).save_pretrained(folder)


def audioldm2(folder: Path) -> None:
    """AudioLDM 2, base: 1.1 billion parameters, of which the UNet has 0.35."""
    from diffusers import (
        AudioLDM2Pipeline,
        AudioLDM2ProjectionModel,
        AudioLDM2UNet2DConditionModel,
        AutoencoderKL,
        DDIMScheduler,
    )
    from transformers import (
        ClapConfig,
        ClapFeatureExtractor,
        ClapModel,
        GPT2Config,
        GPT2LMHeadModel,
        RobertaTokenizer,
        SpeechT5HifiGan,
        SpeechT5HifiGanConfig,
    )

    unet = AudioLDM2UNet2DConditionModel(
        sample_size=64, in_channels=8, out_channels=8, layers_per_block=2, attention_head_dim=8,
        block_out_channels=(128, 256, 384, 640), cross_attention_dim=((None, 768, 1024),) * 4,
        down_block_types=("DownBlock2D", *["CrossAttnDownBlock2D"] * 3),
        up_block_types=(*["CrossAttnUpBlock2D"] * 3, "UpBlock2D"), transformer_layers_per_block=1,
    )  # fmt: skip
    vae = AutoencoderKL(
        in_channels=1, out_channels=1, latent_channels=8, layers_per_block=2, block_out_channels=(128, 256, 512),
        down_block_types=["DownEncoderBlock2D"] * 3, up_block_types=["UpDecoderBlock2D"] * 3,
    )  # fmt: skip
    vocoder = SpeechT5HifiGanConfig(
        model_in_dim=64, sampling_rate=16000, upsample_rates=[5, 4, 2, 2, 2], upsample_kernel_sizes=[16, 16, 8, 4, 4],
        upsample_initial_channel=1024, normalize_before=False,
    )  # fmt: skip
    AudioLDM2Pipeline(
        vae=vae,
        text_encoder=ClapModel(ClapConfig()),
        text_encoder_2=_t5(d_model=1024, d_ff=2816, num_layers=24, num_heads=16, feed_forward_proj="gated-gelu"),
        projection_model=AudioLDM2ProjectionModel(512, 1024, 768),
        language_model=GPT2LMHeadModel(GPT2Config(max_new_tokens=8)),
        tokenizer=RobertaTokenizer(vocab=vocabulary("<s>", "<pad>", "</s>", "<unk>", "<mask>"), merges=[],
                                   model_max_length=512),
        tokenizer_2=t5_tokenizer(512),
        feature_extractor=ClapFeatureExtractor(),
        unet=unet,
        scheduler=DDIMScheduler(beta_schedule="scaled_linear", clip_sample=False, set_alpha_to_one=False),
        vocoder=SpeechT5HifiGan(vocoder),
    ).save_pretrained(folder)  # fmt: skip


def ace_step(folder: Path) -> None:
    """ACE-Step 1.5 in its class's size, not distilled, with the text encoder of Qwen3 Embedding 0.6B."""
    from diffusers import (
        AceStepConditionEncoder,
        AceStepPipeline,
        AceStepTransformer1DModel,
        AutoencoderOobleck,
        FlowMatchEulerDiscreteScheduler,
    )
    from transformers import Qwen2Tokenizer, Qwen3Config, Qwen3Model

    text = Qwen3Config(hidden_size=1024, intermediate_size=3072, num_hidden_layers=28, num_attention_heads=16,
                       num_key_value_heads=8, head_dim=128)  # fmt: skip
    AceStepPipeline(
        vae=AutoencoderOobleck(downsampling_ratios=[2, 4, 4, 6, 10], sampling_rate=48000),
        text_encoder=Qwen3Model(text),
        tokenizer=Qwen2Tokenizer(vocab=byte_vocabulary(), merges=[]),
        transformer=AceStepTransformer1DModel(),
        condition_encoder=AceStepConditionEncoder(),
        scheduler=FlowMatchEulerDiscreteScheduler(num_train_timesteps=1, shift=1.0),
    ).save_pretrained(folder)


def musicgen(folder: Path) -> None:
    """MusicGen small: 0.42 billion parameters in the decoder (0.3, say its makers, who count less of it); its codec, 32 kHz at 50 frames a second; T5 base."""
    from transformers import (
        EncodecConfig,
        EncodecModel,
        MusicgenConfig,
        MusicgenDecoderConfig,
        MusicgenForCausalLM,
        MusicgenForConditionalGeneration,
    )

    codec = EncodecConfig(
        target_bandwidths=[2.2], sampling_rate=32000, audio_channels=1, num_filters=64, upsampling_ratios=[8, 5, 4, 4],
        codebook_size=2048, codebook_dim=128, hidden_size=128, norm_type="weight_norm", normalize=False,
    )  # fmt: skip
    decoder, text = MusicgenDecoderConfig(), _t5(d_model=768, d_ff=3072, num_layers=12, num_heads=12)
    model = MusicgenForConditionalGeneration(
        MusicgenConfig(text_encoder=text.config, audio_encoder=codec, decoder=decoder),
        text_encoder=text, audio_encoder=EncodecModel(codec), decoder=MusicgenForCausalLM(decoder),
    )  # fmt: skip
    for name in ("decoder_start_token_id", "pad_token_id", "bos_token_id"):
        setattr(model.generation_config, name, decoder.pad_token_id)
    model.save_pretrained(folder)
    t5_tokenizer(512).save_pretrained(folder)


SIZES: dict[str, Callable[[Path], None]] = {
    "stable-audio": stable_audio,
    "audioldm2": audioldm2,
    "ace-step": ace_step,
    "musicgen": musicgen,
}


def _t5(**sizes: Any) -> Any:
    from transformers import T5Config, T5EncoderModel

    return T5EncoderModel(T5Config(**sizes))
