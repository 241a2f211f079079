"""Tiny models with random weights of each family of neural sound engines, saved as their authors save the real ones.

Each function fills a folder in a second or less. What they make is noise; what is tested is all around it.
"""

from __future__ import annotations

import atexit
import shutil
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789 ,."
WIDTH = 16


def stable_audio(folder: Path) -> None:
    """Stable Audio Open: 44.1 kHz stereo, at most 3 s."""
    import torch
    from diffusers import (
        AutoencoderOobleck,
        CosineDPMSolverMultistepScheduler,
        StableAudioDiTModel,
        StableAudioPipeline,
        StableAudioProjectionModel,
    )

    torch.manual_seed(0)
    vae = AutoencoderOobleck(
        encoder_hidden_size=4,
        downsampling_ratios=[8, 8, 8],
        channel_multiples=[1, 1, 2],
        decoder_channels=4,
        decoder_input_channels=4,
    )
    transformer = StableAudioDiTModel(
        sample_size=260,  # × 512 samples of a latent / 44,100 Hz
        in_channels=4,
        out_channels=4,
        num_layers=1,
        attention_head_dim=8,
        num_attention_heads=2,
        num_key_value_attention_heads=2,
        cross_attention_dim=WIDTH,
        time_proj_dim=8,
        global_states_input_dim=2 * WIDTH,
        cross_attention_input_dim=WIDTH,
    )
    pipeline = StableAudioPipeline(
        vae=vae,
        text_encoder=_t5_encoder(),
        projection_model=StableAudioProjectionModel(WIDTH, WIDTH, 0, 512),
        tokenizer=t5_tokenizer(),
        transformer=transformer,
        scheduler=CosineDPMSolverMultistepScheduler(sigma_min=0.3, sigma_max=500, sigma_data=1.0, solver_order=2),
    )
    _save(pipeline, folder, licence="license: other\nlicense_name: stable-audio-community\nlicense_link: LICENSE.md")


def stable_audio_3(folder: Path) -> None:
    """Stable Audio 3, distilled: 44.1 kHz stereo, no guidance of its own."""
    import torch
    from diffusers import (
        AutoencoderSAME,
        FlowMatchEulerDiscreteScheduler,
        StableAudio3DiTModel,
        StableAudio3DurationEmbedder,
        StableAudio3Pipeline,
    )
    from transformers import GemmaTokenizer, T5GemmaConfig, T5GemmaEncoderModel
    from transformers.models.t5gemma.configuration_t5gemma import T5GemmaModuleConfig

    torch.manual_seed(0)
    vae = AutoencoderSAME(
        patch_size=64,
        encoder_channels=8,
        encoder_c_mults=[2],
        encoder_strides=[8],
        encoder_transformer_depths=[1],
        latent_dim=8,
        dim_heads=8,
    )
    transformer = StableAudio3DiTModel(
        io_channels=8,
        embed_dim=WIDTH,
        depth=1,
        num_heads=2,
        cond_token_dim=WIDTH,
        global_cond_dim=WIDTH,
        local_add_cond_dim=9,
        timestep_features_dim=8,
        num_memory_tokens=2,
    )
    tokenizer = GemmaTokenizer(vocab=vocabulary("<pad>", "<eos>", "<bos>", "<unk>", "<mask>"), merges=[])
    part = T5GemmaModuleConfig(
        vocab_size=64,
        hidden_size=WIDTH,
        intermediate_size=32,
        num_hidden_layers=1,
        num_attention_heads=2,
        num_key_value_heads=2,
        head_dim=8,
        layer_types=["full_attention"],
    )
    config = T5GemmaConfig(encoder=part, decoder=part, is_encoder_decoder=False, vocab_size=64)
    pipeline = StableAudio3Pipeline(
        vae=vae,
        text_encoder=T5GemmaEncoderModel(config),
        tokenizer=tokenizer,
        duration_embedder=StableAudio3DurationEmbedder(output_dim=WIDTH, fourier_dim=8),
        transformer=transformer,
        scheduler=FlowMatchEulerDiscreteScheduler(stochastic_sampling=True),
    )
    _save(pipeline, folder, licence="license: other\nlicense_name: stability-ai-community")


def audioldm2(folder: Path) -> None:
    """AudioLDM 2: 16 kHz, one channel."""
    import torch
    from diffusers import (
        AudioLDM2Pipeline,
        AudioLDM2ProjectionModel,
        AudioLDM2UNet2DConditionModel,
        AutoencoderKL,
        DDIMScheduler,
    )
    from transformers import (
        ClapFeatureExtractor,
        GPT2Config,
        GPT2LMHeadModel,
        RobertaTokenizer,
    )

    torch.manual_seed(0)
    unet = AudioLDM2UNet2DConditionModel(
        block_out_channels=(8, 16),
        layers_per_block=1,
        norm_num_groups=8,
        sample_size=32,
        in_channels=4,
        out_channels=4,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"),
        cross_attention_dim=(8, 16),
    )
    vae = AutoencoderKL(
        block_out_channels=[8, 16],
        in_channels=1,
        out_channels=1,
        norm_num_groups=8,
        down_block_types=["DownEncoderBlock2D", "DownEncoderBlock2D"],
        up_block_types=["UpDecoderBlock2D", "UpDecoderBlock2D"],
        latent_channels=4,
    )
    roberta = RobertaTokenizer(
        vocab=vocabulary("<s>", "<pad>", "</s>", "<unk>", "<mask>"), merges=[], model_max_length=32
    )
    language = GPT2Config(n_embd=16, n_head=2, n_layer=1, vocab_size=64, n_ctx=99, max_new_tokens=4)
    pipeline = AudioLDM2Pipeline(
        vae=vae,
        text_encoder=_clap(),
        text_encoder_2=_t5_encoder(),
        projection_model=AudioLDM2ProjectionModel(16, WIDTH, 16),
        language_model=GPT2LMHeadModel(language),
        tokenizer=roberta,
        tokenizer_2=t5_tokenizer(),
        feature_extractor=ClapFeatureExtractor(feature_size=8, sampling_rate=16000),
        unet=unet,
        scheduler=DDIMScheduler(beta_schedule="scaled_linear", clip_sample=False, set_alpha_to_one=False),
        vocoder=_vocoder(),
    )
    _save(pipeline, folder, licence="license: cc-by-nc-sa-4.0")


def ace_step(folder: Path) -> None:
    """ACE-Step 1.5, not distilled: 48 kHz stereo music."""
    import torch
    from diffusers import (
        AceStepConditionEncoder,
        AceStepPipeline,
        AceStepTransformer1DModel,
        AutoencoderOobleck,
        FlowMatchEulerDiscreteScheduler,
    )
    from transformers import Qwen2Tokenizer, Qwen3Config, Qwen3Model

    torch.manual_seed(0)
    heads = {"num_attention_heads": 2, "num_key_value_heads": 2, "head_dim": 8}
    pipeline = AceStepPipeline(
        vae=AutoencoderOobleck(
            encoder_hidden_size=4,
            downsampling_ratios=[8, 8, 8],
            channel_multiples=[1, 1, 2],
            decoder_channels=4,
            decoder_input_channels=4,
            sampling_rate=48000,
        ),
        text_encoder=Qwen3Model(
            Qwen3Config(vocab_size=320, hidden_size=WIDTH, intermediate_size=32, num_hidden_layers=1, **heads)
        ),
        tokenizer=Qwen2Tokenizer(vocab=byte_vocabulary(), merges=[]),
        transformer=AceStepTransformer1DModel(
            hidden_size=WIDTH, intermediate_size=32, num_hidden_layers=1, in_channels=12, audio_acoustic_hidden_dim=4,
            sliding_window=16, **heads,
        ),
        condition_encoder=AceStepConditionEncoder(
            hidden_size=WIDTH, intermediate_size=32, text_hidden_dim=WIDTH, timbre_hidden_dim=4,
            num_lyric_encoder_hidden_layers=1, num_timbre_encoder_hidden_layers=1, **heads,
        ),
        scheduler=FlowMatchEulerDiscreteScheduler(num_train_timesteps=1, shift=1.0),
    )  # fmt: skip
    _save(pipeline, folder, licence="license: apache-2.0")


def musicgen(folder: Path, *, sampling_rate: int = 32000, channels: int = 1, licence: str = "cc-by-nc-4.0") -> None:
    """MusicGen; with 16 kHz the form in which AudioGen is converted, with two channels MusicGen stereo."""
    import torch
    from transformers import (
        EncodecConfig,
        EncodecFeatureExtractor,
        EncodecModel,
        MusicgenConfig,
        MusicgenDecoderConfig,
        MusicgenForCausalLM,
        MusicgenForConditionalGeneration,
        MusicgenProcessor,
    )

    torch.manual_seed(0)
    # 4 codebooks of 64 entries: 6 bits × 50 frames a second × 4
    encodec = EncodecConfig(
        target_bandwidths=[1.2], sampling_rate=sampling_rate, audio_channels=1, num_filters=4, num_residual_layers=1,
        upsampling_ratios=[8, 5, 4, 4] if sampling_rate == 32000 else [8, 5, 4, 2], codebook_size=64, codebook_dim=8,
        hidden_size=8, num_lstm_layers=1, norm_type="weight_norm", normalize=False, chunk_length_s=None,
    )  # fmt: skip
    decoder = MusicgenDecoderConfig(
        vocab_size=64, hidden_size=WIDTH, num_hidden_layers=1, num_attention_heads=2, ffn_dim=32,
        num_codebooks=4 * channels, audio_channels=channels, pad_token_id=64, bos_token_id=64,
        max_position_embeddings=512,
    )  # fmt: skip
    text = _t5_encoder()
    config = MusicgenConfig(text_encoder=text.config, audio_encoder=encodec, decoder=decoder)
    model = MusicgenForConditionalGeneration(
        config, text_encoder=text, audio_encoder=EncodecModel(encodec), decoder=MusicgenForCausalLM(decoder)
    )
    _enliven(model)
    for name, buffer in model.audio_encoder.named_buffers():
        if name.endswith("codebook.embed"):
            buffer.normal_()
    model.generation_config.decoder_start_token_id = 64
    model.generation_config.pad_token_id = 64
    model.generation_config.bos_token_id = 64
    model.generation_config.guidance_scale = 3.0
    model.generation_config.do_sample = True
    model.save_pretrained(folder)
    MusicgenProcessor(
        EncodecFeatureExtractor(sampling_rate=sampling_rate, feature_size=channels), t5_tokenizer()
    ).save_pretrained(folder)
    _card(folder, f"license: {licence}")


FAMILIES: dict[str, Callable[[Path], None]] = {
    "stable-audio": stable_audio,
    "stable-audio-3": stable_audio_3,
    "audioldm2": audioldm2,
    "ace-step": ace_step,
    "musicgen": musicgen,
}


def _vocoder() -> Any:
    from transformers import SpeechT5HifiGan, SpeechT5HifiGanConfig

    vocoder = SpeechT5HifiGanConfig(
        model_in_dim=8, sampling_rate=16000, upsample_initial_channel=16, upsample_rates=[4, 4, 5],
        upsample_kernel_sizes=[8, 8, 11], resblock_kernel_sizes=[3], resblock_dilation_sizes=[[1, 3]],
        normalize_before=False,
    )  # fmt: skip
    return SpeechT5HifiGan(vocoder)


def _clap() -> Any:
    from transformers import ClapAudioConfig, ClapConfig, ClapModel, ClapTextConfig

    layers = {"intermediate_size": 37, "num_attention_heads": 2, "num_hidden_layers": 1}
    text = ClapTextConfig(hidden_size=8, projection_dim=16, vocab_size=64, max_position_embeddings=40, **layers)
    audio = ClapAudioConfig(
        spec_size=8, window_size=4, num_mel_bins=8, depths=[1, 1], num_attention_heads=[1, 1],
        patch_embeds_hidden_size=16, hidden_size=192, projection_dim=16, patch_size=2, patch_stride=2,
    )  # fmt: skip
    return ClapModel(ClapConfig(text_config=text.to_dict(), audio_config=audio.to_dict(), projection_dim=16))


def _t5_encoder() -> Any:
    from transformers import T5Config, T5EncoderModel

    return T5EncoderModel(T5Config(vocab_size=64, d_model=WIDTH, d_kv=8, d_ff=32, num_layers=1, num_heads=2)).eval()


def t5_tokenizer(longest: int = 64) -> Any:
    """`longest`: tokens that are read."""
    from transformers import T5Tokenizer

    pieces = [("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0), ("▁", -2.0), *((letter, -3.0) for letter in LETTERS)]
    return T5Tokenizer(vocab=pieces, extra_ids=0, model_max_length=longest)


def vocabulary(*special: str) -> dict[str, int]:
    return {token: number for number, token in enumerate([*special, "▁", *LETTERS])}


def byte_vocabulary() -> dict[str, int]:
    from tokenizers.pre_tokenizers import ByteLevel

    return {token: number for number, token in enumerate([*sorted(ByteLevel.alphabet()), "<|endoftext|>"])}


def _save(pipeline: Any, folder: Path, *, licence: str) -> None:
    for part in pipeline.components.values():
        _enliven(part)
    pipeline.save_pretrained(folder)
    _card(folder, licence)


def _enliven(part: Any) -> None:
    """Give matrices a size at which what goes in is heard in what comes out: training begins with many at or near 0."""
    for weights in getattr(part, "parameters", list)():
        if weights.ndim > 1:
            weights.data.normal_(0.0, 1.5 / weights[0].numel() ** 0.5)


def _card(folder: Path, licence: str) -> None:
    """A model card as the hub has it."""
    (folder / "README.md").write_text(f"---\n{licence}\ntags:\n- text-to-audio\n---\n\n# A toy\n", encoding="utf-8")


@cache
def made() -> Path:
    """A folder with a model of each family, named as in FAMILIES; made once a test session, goes with it."""
    folder = Path(tempfile.mkdtemp(prefix="soundstage-neural-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    for name, make in FAMILIES.items():
        make(folder / name)
    return folder
