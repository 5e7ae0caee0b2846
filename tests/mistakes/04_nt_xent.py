# ruff: noqa: E501  (a sentence to the learner is one line)
"""Wrong ways to write the NT-Xent of lesson 4, with a sentence about each."""

from lessons.course.mistakes import Mistake

NORMALIZE = "z = F.normalize(z, dim=1, eps=1e-8)"
LOSS = "return F.cross_entropy(candidate_logits(similarity, temperature), target)"
ENTROPY = "F.cross_entropy(candidate_logits(similarity, temperature), target)"
MASK = 'logits.masked_fill(itself, float("-inf"))'

MISTAKES = [
    # similarity_matrix
    Mistake(
        "no_normalize",
        "similarity_matrix",
        (NORMALIZE, "z = z * 1.0"),
        "You take plain inner products, so a longer vector counts for more. What does sim(u, v) divide by?",
        trains=True,
    ),
    Mistake(
        "normalize_columns",
        "similarity_matrix",
        (NORMALIZE, "z = F.normalize(z, dim=0)"),
        "You normalise every column, across the batch. Which dimension holds the numbers of one view?",
        trains=True,
    ),
    Mistake(
        "normalize_l1",
        "similarity_matrix",
        (NORMALIZE, "z = F.normalize(z, p=1, dim=1)"),
        "You divide by the sum of absolute values. Which norm makes u·u equal to 1?",
        trains=True,
    ),
    Mistake(
        "normalize_one_view",
        "similarity_matrix",
        (NORMALIZE, "z = torch.cat([F.normalize(z1, dim=1), z2])"),
        "You normalise only z1's views. What divides by |v| when v comes from z2?",
        trains=True,
    ),
    Mistake(
        "squared_length",
        "similarity_matrix",
        (NORMALIZE, "z = z / (z * z).sum(1, keepdim=True)"),
        "You divide by the squared length. What is the cosine of a vector with itself then?",
        trains=True,
    ),
    Mistake(
        "epsilon_too_large",
        "similarity_matrix",
        (NORMALIZE, "z = z / (z.norm(dim=1, keepdim=True) + 1e-2)"),
        "You add 0.01 to every length, which shrinks short vectors too much. How large is 0.01 compared with a length of 1e-4?",
        trains=True,
    ),
    Mistake(
        "detach_keys",
        "similarity_matrix",
        ("z @ z.T", "z @ z.T.detach()"),
        "You detach the view of the column, so only the view of the row gets a gradient. Does u·v depend on u alone?",
        trains=True,
    ),
    Mistake(
        "detach_length",
        "similarity_matrix",
        (NORMALIZE, "z = z / z.norm(dim=1, keepdim=True).detach()"),
        "You stop the gradient through the length. If the vector grows, should the cosine change?",
        trains=True,
    ),
    Mistake(
        "detach_second_view",
        "similarity_matrix",
        ("torch.cat([z1, z2])", "torch.cat([z1, z2.detach()])"),
        "You detach z2, so no gradient reaches it. Which of the two views teaches the encoder in SimCLR?",
        trains=True,
    ),
    Mistake(
        "views_swapped",
        "similarity_matrix",
        ("torch.cat([z1, z2])", "torch.cat([z2, z1])"),
        "You put z2's views into the first rows. Which order does the docstring promise?",
        trains=True,
    ),
    Mistake(
        "interleaved",
        "similarity_matrix",
        ("torch.cat([z1, z2])", "torch.stack([z1, z2], dim=1).flatten(0, 1)"),
        "You order the rows image by image, as Algorithm 1 does. Where should the two views of image b be?",
    ),
    Mistake(
        "negative_distance",
        "similarity_matrix",
        ("return z @ z.T", "return -(z[:, None] - z[None]).pow(2).sum(2)"),
        "You return minus the squared distance, which is 2 cos - 2. What is the cosine of equal vectors?",
        trains=True,
    ),
    Mistake(
        "absolute",
        "similarity_matrix",
        ("z @ z.T", "(z @ z.T).abs()"),
        "You drop the sign, so opposite views count as similar. What is the cosine of u and -u?",
        trains=True,
    ),
    Mistake(
        "stays_in_half",
        "similarity_matrix",
        ("z = z.to(torch.promote_types(z.dtype, torch.float32))", "z = z.clone()"),
        "You leave half precision as it is. How large a number can float16 hold, and how large is |z| squared?",
        trains=True,
    ),
    Mistake(
        "always_single",
        "similarity_matrix",
        ("z.to(torch.promote_types(z.dtype, torch.float32))", "z.float()"),
        "You compute in float32 even if the projections are float64. Which types does the docstring allow for the result?",
        trains=True,
    ),
    # positive_index
    Mistake(
        "index_on_the_cpu",
        "positive_index",
        ("torch.arange(2 * B, device=device)", "torch.arange(2 * B)"),
        "Your index is on the CPU, whatever device is asked for. What happens if the projections are on a GPU?",
        trains=True,
    ),
    Mistake(
        "next_row",
        "positive_index",
        ("torch.arange(2 * B, device=device).roll(B)", "torch.arange(2 * B, device=device) ^ 1"),
        "You pair neighbouring rows, 0-1, 2-3, …, as in the order of Algorithm 1. In what order does similarity_matrix put the views?",
    ),
    Mistake(
        "itself",
        "positive_index",
        (".roll(B)", ""),
        "You name every view as its own partner. Which row holds the other view of its image?",
    ),
    Mistake(
        "first_half_twice",
        "positive_index",
        ("torch.arange(2 * B, device=device).roll(B)", "torch.arange(B, device=device).repeat(2)"),
        "You return 0 … B-1 twice, which is right only for the second half. What is the partner of row 0?",
    ),
    Mistake(
        "second_half_twice",
        "positive_index",
        (
            "torch.arange(2 * B, device=device).roll(B)",
            "torch.arange(B, 2 * B, device=device).repeat(2)",
        ),
        "You return B … 2B-1 twice, which is right only for the first half. What is the partner of row B?",
    ),
    Mistake(
        "roll_by_one",
        "positive_index",
        (".roll(B)", ".roll(1)"),
        "You shift by one row. How far apart are the two views of one image?",
    ),
    Mistake(
        "reversed",
        "positive_index",
        (".roll(B)", ".flip(0)"),
        "You reverse the rows, so row 0 is paired with the last row. Is the last row a view of image 0?",
    ),
    # candidate_logits
    Mistake(
        "no_mask",
        "candidate_logits",
        (MASK, "logits"),
        "You leave each view among its own candidates, where it is always the most similar one. What does k ≠ i say?",
        trains=True,
    ),
    Mistake(
        "mask_with_zero",
        "candidate_logits",
        (MASK, "logits.masked_fill(itself, 0.0)"),
        "You write 0 on the diagonal. What is exp(0), and has it left the sum?",
        trains=True,
    ),
    Mistake(
        "mask_of_minus_1e9",
        "candidate_logits",
        (MASK, "logits.masked_fill(itself, -1e9)"),
        "You write -1e9 on the diagonal, and the docstring asks for -inf. If all other logits were as small, what would the softmax give a view for itself?",
        trains=True,
    ),
    Mistake(
        "mask_of_minus_1e4",
        "candidate_logits",
        (MASK, "logits.masked_fill(itself, -1e4)"),
        "You write -1e4 on the diagonal, and the docstring asks for -inf. If all other logits were as small, what would the softmax give a view for itself?",
        trains=True,
    ),
    Mistake(
        "mask_of_minus_a_hundred",
        "candidate_logits",
        (MASK, "logits.masked_fill(itself, -100.0)"),
        "You write -100 on the diagonal, and the docstring asks for -inf. If all other logits were as small, what would the softmax give a view for itself?",
        trains=True,
    ),
    Mistake(
        "mask_of_the_least_number",
        "candidate_logits",
        (MASK, "logits.masked_fill(itself, torch.finfo(logits.dtype).min)"),
        "You write the smallest number of the type on the diagonal, and the docstring asks for -inf. If all other logits were as small, what would the softmax give a view for itself?",
        trains=True,
    ),
    Mistake(
        "mask_before_dividing_small",
        "candidate_logits",
        (MASK, "logits.masked_fill(itself, -1.0 / temperature)"),
        "You give the view itself the lowest similarity, -1. Has exp(-1 / tau) left the sum?",
        trains=True,
    ),
    Mistake(
        "mask_the_positive",
        "candidate_logits",
        (MASK, 'logits.masked_fill(itself | itself.roll(len(itself) // 2, 0), float("-inf"))'),
        "You leave out the positive as well. Is k = j allowed in the sum of equation 1?",
    ),
    Mistake(
        "mask_upper_half",
        "candidate_logits",
        (MASK, 'logits.masked_fill(itself.triu().cumsum(0).bool().T, float("-inf"))'),
        "You leave out a whole triangle, so a row has no candidates after itself. Which single entry of each row must go?",
    ),
    Mistake(
        "multiply_by_temperature",
        "candidate_logits",
        ("similarity / temperature", "similarity * temperature"),
        "You multiply by the temperature. Should a lower temperature make differences larger or smaller?",
        trains=True,
    ),
    Mistake(
        "no_temperature",
        "candidate_logits",
        ("similarity / temperature", "similarity / 1.0"),
        "You do not use the temperature. What should change when it goes from 1 to 0.1?",
        trains=True,
    ),
    Mistake(
        "fixed_temperature",
        "candidate_logits",
        ("similarity / temperature", "similarity / 0.5"),
        "You divide by 0.5, whatever the temperature is. Where should the argument go?",
        trains=True,
    ),
    Mistake(
        "root_temperature",
        "candidate_logits",
        ("similarity / temperature", "similarity / temperature**0.5"),
        "You divide by the square root of the temperature, as attention does with its width. What does equation 1 divide by?",
        trains=True,
    ),
    Mistake(
        "logits_detached",
        "candidate_logits",
        ("logits = similarity / temperature", "logits = similarity.detach() / temperature"),
        "You stop the gradient here. How could the encoder learn which candidates were too close?",
    ),
    Mistake(
        "mask_on_the_cpu",
        "candidate_logits",
        (", device=logits.device)", ")"),
        "Your mask is on the CPU, wherever the similarities are. How does one make a tensor on the device of another one?",
        trains=True,
    ),
    # nt_xent_loss
    Mistake(
        "target_on_the_cpu",
        "nt_xent_loss",
        ("positive_index(len(z1), z1.device)", "positive_index(len(z1))"),
        "You leave one of your tensors on the CPU, wherever the projections are. Which argument of positive_index is for that?",
        trains=True,
    ),
    Mistake(
        "one_direction",
        "nt_xent_loss",
        (
            LOSS,
            "return F.cross_entropy(candidate_logits(similarity, temperature)[: len(z1)], target[: len(z1)])",
        ),
        "You use only z1's views as anchors. Over how many anchors does Algorithm 1 take the mean?",
        trains=True,
    ),
    Mistake(
        "cross_view_only",
        "nt_xent_loss",
        (
            LOSS,
            "cross = similarity[: len(z1), len(z1) :] / temperature\n"
            "    target = target[len(z1) :]\n"
            "    return (F.cross_entropy(cross, target) + F.cross_entropy(cross.T, target)) / 2",
        ),
        "You take only the B rows of the other view as candidates, as CLIP does. Are all 2B - 2 negatives among them?",
        trains=True,
    ),
    Mistake(
        "sum_not_mean",
        "nt_xent_loss",
        (ENTROPY, ENTROPY[:-1] + ', reduction="sum")'),
        "You add up the losses of the anchors. What does Algorithm 1 divide by?",
        trains=True,
    ),
    Mistake(
        "divide_by_images",
        "nt_xent_loss",
        (LOSS, LOSS.replace("return F", "return 2 * F")),
        "You divide by B, the number of images. How many anchors are there?",
        trains=True,
    ),
    Mistake(
        "softmax_twice",
        "nt_xent_loss",
        (ENTROPY, ENTROPY.replace("temperature)", "temperature).softmax(1)")),
        "You pass probabilities to cross_entropy. What does it do first with its input?",
        trains=True,
    ),
    Mistake(
        "log_of_mean",
        "nt_xent_loss",
        (
            LOSS,
            "p = candidate_logits(similarity, temperature).softmax(1)\n"
            "    return -p.gather(1, target[:, None]).mean().log()",
        ),
        "You average the probabilities and then take the log. Which of the two comes first in the paper?",
        trains=True,
    ),
    Mistake(
        "probability_not_log",
        "nt_xent_loss",
        (
            LOSS,
            "p = candidate_logits(similarity, temperature).softmax(1)\n"
            "    return -p.gather(1, target[:, None]).mean()",
        ),
        "You return minus the probability itself. Where is the log of equation 1?",
        trains=True,
    ),
    Mistake(
        "decoupled",
        "nt_xent_loss",
        (
            LOSS,
            "logits = candidate_logits(similarity, temperature)\n"
            "    rest = logits.scatter(1, target[:, None], -torch.inf).logsumexp(1)\n"
            "    return (rest - logits.gather(1, target[:, None])[:, 0]).mean()",
        ),
        "You leave the positive out of the denominator, so the loss can be negative. Which k does the sum leave out?",
        trains=True,
    ),
    Mistake(
        "positive_twice",
        "nt_xent_loss",
        (
            LOSS,
            "logits = candidate_logits(similarity, temperature)\n"
            "    positive = logits.gather(1, target[:, None])\n"
            "    return (torch.cat([logits, positive], 1).logsumexp(1) - positive[:, 0]).mean()",
        ),
        "You count the positive twice in the denominator. How many candidates does an anchor have?",
        trains=True,
    ),
    Mistake(
        "temperature_on_positive_only",
        "nt_xent_loss",
        (
            LOSS,
            "logits = candidate_logits(similarity, 1.0)\n"
            "    positive = similarity.gather(1, target[:, None])[:, 0] / temperature\n"
            "    return (logits.logsumexp(1) - positive).mean()",
        ),
        "You divide the positive by the temperature, but not the sum in the denominator. Where does tau appear in equation 1?",
        trains=True,
    ),
    Mistake(
        "default_temperature",
        "nt_xent_loss",
        ("candidate_logits(similarity, temperature)", "candidate_logits(similarity, 0.5)"),
        "You always use 0.5. Where should the caller's temperature go?",
        trains=True,
    ),
    Mistake(
        "temperature_twice",
        "nt_xent_loss",
        (
            "candidate_logits(similarity, temperature)",
            "candidate_logits(similarity / temperature, temperature)",
        ),
        "You divide by the temperature here, and candidate_logits does so again. How often does equation 1 divide by it?",
        trains=True,
    ),
    Mistake(
        "log2",
        "nt_xent_loss",
        (LOSS, LOSS + " / torch.log(similarity.new_tensor(2.0))"),
        "You use the logarithm to base 2. Which logarithm does the docstring ask for?",
        trains=True,
    ),
    Mistake(
        "multiplied_by_temperature",
        "nt_xent_loss",
        (LOSS, LOSS + " * temperature"),
        "You multiply the loss by the temperature, as MoCo v3 does. Does equation 1 do so?",
        trains=True,
    ),
    Mistake(
        "sigmoid_each",
        "nt_xent_loss",
        (
            LOSS,
            "logits = candidate_logits(similarity, temperature)\n"
            "    return -F.logsigmoid(logits.gather(1, target[:, None])).mean()",
        ),
        "You judge the positive pair alone, with a sigmoid. What must the positive compete with in equation 1?",
    ),
    Mistake(
        "maximised",
        "nt_xent_loss",
        (LOSS, LOSS.replace("return F", "return -F")),
        "You reversed the sign, so the loss falls when the views of an image move apart. Can a cross entropy be negative?",
    ),
    Mistake(
        "positives_detached",
        "nt_xent_loss",
        (
            LOSS,
            "logits = candidate_logits(similarity, temperature)\n"
            "    return (logits.logsumexp(1) - logits.detach().gather(1, target[:, None])[:, 0]).mean()",
        ),
        "You detach the positive in the numerator. What would pull the two views together?",
    ),
    Mistake(
        "second_view_stopped",
        "nt_xent_loss",
        ("similarity_matrix(z1, z2)", "similarity_matrix(z1, z2.detach())"),
        "You stop the gradient of the second view, as SimSiam and BYOL do. Does SimCLR do so?",
        trains=True,
    ),
    Mistake(
        "positive_is_neighbour_of_batch",
        "nt_xent_loss",
        (
            "target = positive_index(len(z1), z1.device)",
            "target = positive_index(len(z1), z1.device).roll(1)",
        ),
        "You make another image's view the target of every anchor. Where does row b of z1 find its partner?",
    ),
    Mistake(
        "exp_overflows",
        "nt_xent_loss",
        (
            LOSS,
            "exp = candidate_logits(similarity, temperature).exp()\n"
            "    return -(exp.gather(1, target[:, None])[:, 0] / exp.sum(1)).log().mean()",
        ),
        "At tau = 0.01 your loss is infinite or NaN in float32. What is exp(100) there, and which function takes the log of a sum of exponentials without it?",
        trains=True,
        overflows=True,
    ),
    Mistake(
        "subtract_the_diagonal",
        "nt_xent_loss",
        (
            LOSS,
            "exp = (similarity / temperature).exp()\n"
            "    total = exp.sum(1) - similarity.new_tensor(1 / temperature).exp()\n"
            "    return -(exp.gather(1, target[:, None])[:, 0] / total).log().mean()",
        ),
        "You add up all candidates and subtract exp(1 / tau) again. At tau = 0.05, what is left of the small terms? Use logsumexp.",
        trains=True,
    ),
    Mistake(
        "epsilon_in_log",
        "nt_xent_loss",
        (
            LOSS,
            "p = candidate_logits(similarity, temperature).softmax(1).gather(1, target[:, None])\n"
            "    return -(p + 1e-6).log().mean()",
        ),
        "You add 1e-6 before the log, so a bad pair never costs more than 14. What should it cost at tau = 0.01?",
        trains=True,
    ),
]
